import { parseAddress } from '../../ipvs/address.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { Family } from '../../ipvs/family.ts';
import { defaultTunnel, describeTunnel, type Tunnel, type TunnelChecksum } from '../../ipvs/tunnel.ts';
import { brief } from '../../ipvs/visible.ts';
import type { ConfigurationDraft } from '../configuration.ts';
import { readLooseInet } from '../ipvsadm/loose-inet.ts';
import type { Statement } from './statements.ts';

/** Where packets go and how. */
export interface Forwarding {
  readonly forwarding: 'nat' | 'tun' | 'dr';
  readonly tunnel: Tunnel;
}

/** An address with a port. */
export interface Endpoint {
  readonly family: Family;
  readonly address: string;
  /** 0 where none was written. */
  readonly port: number;
}

/** Bounds of a number; with `isStrict` keepalived refuses one that has something behind its digits. */
export interface NumberBounds {
  readonly least: number;
  readonly greatest: number;
  readonly isStrict?: boolean;
}

/** Reads values out of statements as keepalived does, and tells what keepalived reads differently or passes over. */
export class ValueReader {
  readonly #draft: ConfigurationDraft;

  constructor(draft: ConfigurationDraft) {
    this.#draft = draft;
  }

  /** Tells that a statement means nothing to keepalived. */
  passOver({ line, words }: Statement, reason: string): undefined {
    this.#draft.notApplied(line, words.slice(0, 3).join(' '), reason);
    return undefined;
  }

  /** Tells that a statement is read differently from how it is written. */
  correct({ line, words }: Statement, reason: string): void {
    this.#draft.corrected(line, words.slice(0, 3).join(' '), reason);
  }

  /** A word behind the first. Throws an input `IpvsError` where there is none: keepalived ends there. */
  word({ words }: Statement, at = 1): string {
    const word = words[at];
    if (word === undefined) {
      throw wrong(`${words.join(' ')} has no value, which ends keepalived`, `give one after ${words[0]}`);
    }
    return word;
  }

  /** Tells of words behind those that keepalived reads. */
  tellSurplus({ line, words }: Statement, taken: number): void {
    if (words.length <= taken) return;
    this.#draft.notApplied(
      line,
      `${words[0]} … ${brief(words.slice(taken).join(' '))}`,
      `keepalived does not read what stands behind the value`,
    );
  }

  /** A whole number as `read_unsigned_strvec` of keepalived reads it; `undefined`, and told, where it takes none. */
  number(
    statement: Statement,
    { least, greatest, isStrict = false }: NumberBounds,
    at = 1,
  ): number | undefined {
    const text = this.word(statement, at);
    const { value, rest } = leadingNumber(text);
    if (value === undefined || value < least || value > greatest || (isStrict && rest !== '')) {
      return this.passOver(statement, `"${text}" is no whole number from ${least} to ${greatest}`);
    }
    if (text !== String(value)) this.correct(statement, `"${text}" is read as ${value}`);
    return value;
  }

  /** An address and a port; `undefined`, and told, where keepalived passes over the whole. */
  endpoint(statement: Statement, address: string, port: string | undefined): Endpoint | undefined {
    const text = address.replace(/[-/].*$/s, '');
    const parsed = parseAddress(text);
    const { value, rest } = leadingNumber(port ?? '0');
    const isPort = value !== undefined && value <= 65535 && (value > 0 || /^0*$/.test(port ?? ''));
    if (parsed === undefined || !isPort) {
      const reason =
        parsed === undefined ? `"${address}" is not an address` : `"${port}" is not a port from 1 to 65535`;
      return this.passOver(statement, `${reason}; the whole block is passed over`);
    }
    if (rest !== '') this.correct(statement, `the port "${port}" is read as ${value}`);
    if (text !== address) this.correct(statement, `"${address}" is read as ${parsed.text}`);
    return { family: parsed.family, address: parsed.text, port: value };
  }

  /**
   * `lvs_method NAT|DR|TUN [type ipip|gue port N [nocsum|csum|remcsum]|gre [nocsum|csum]]` behind what was said
   * before. Where the method is right and the tunnel is not, keepalived takes the method, and the tunnel of before.
   */
  forwarding(statement: Statement, before: Forwarding | null): Forwarding | null {
    const [, method, ...rest] = statement.words;
    const forwarding = methods.get(method ?? this.word(statement));
    if (forwarding === undefined) {
      const otherwise = before === null ? 'NAT is taken where none is said' : 'what stands above counts';
      this.passOver(statement, `${method} is none of NAT, DR and TUN, in capitals; ${otherwise}`);
      return before;
    }
    const refuse = (reason: string): Forwarding => {
      const kept = before?.tunnel ?? defaultTunnel;
      this.correct(
        statement,
        `${reason}: it is ${method}, with the tunnel of before, ${describeTunnel(kept)}`,
      );
      return { forwarding, tunnel: kept };
    };
    let tunnel = defaultTunnel;
    for (let at = 0; at < rest.length; at++) {
      const part = rest[at] ?? '';
      const checksum = checksums.get(part);
      if (checksum !== undefined) tunnel = { ...tunnel, checksum };
      else if (part === 'type') {
        const type = tunnelTypes.get(rest[++at] ?? '');
        if (type === undefined) return refuse(`"${rest[at] ?? ''}" is none of ipip, gue and gre`);
        tunnel = { ...tunnel, type };
      } else if (part === 'port') {
        const { value = 0, rest: behind } = leadingNumber(rest[++at] ?? '');
        if (value < 1 || value > 65535 || behind !== '') return refuse(`"${rest[at] ?? ''}" is no port`);
        tunnel = { ...tunnel, port: value };
      } else return refuse(`"${part}" is none of type, port, nocsum, csum and remcsum`);
    }
    const { type, port, checksum } = tunnel;
    if ((type === 'gue') !== (port !== 0)) return refuse('gue, and only gue, has a port');
    if (type === 'ipip' && checksum !== 'no') return refuse('ipip has no checksum');
    if (type === 'gre' && checksum === 'remote') return refuse('gre has no remcsum');
    return { forwarding, tunnel };
  }

  /** A mask as `getaddrinfo` reads an address, so that 24 is 0.0.0.24; `undefined` where it is none, which is told. */
  inetMask(statement: Statement): number | undefined {
    const text = this.word(statement);
    const mask = readLooseInet(text);
    if (mask === undefined) return this.passOver(statement, `"${text}" is not an IPv4 mask`);
    if (mask.isLoose) this.correct(statement, mask.told);
    return mask.number;
  }
}

const methods: ReadonlyMap<string, Forwarding['forwarding']> = new Map([
  ['NAT', 'nat'],
  ['DR', 'dr'],
  ['TUN', 'tun'],
]);
const checksums: ReadonlyMap<string, TunnelChecksum> = new Map([
  ['nocsum', 'no'],
  ['csum', 'yes'],
  ['remcsum', 'remote'],
]);
const tunnelTypes: ReadonlyMap<string, Tunnel['type']> = new Map([
  ['ipip', 'ipip'],
  ['gue', 'gue'],
  ['gre', 'gre'],
]);

/** The number that a text begins with, as `strtoul` reads it, 0 where there is none; `undefined` where it does not fit. */
export function leadingNumber(text: string): { readonly value: number | undefined; readonly rest: string } {
  const match = /^\s*\+?(\d*)(.*)$/s.exec(text);
  const [, digits = '', rest = ''] = match ?? [];
  const value = Number(digits);
  return { value: Number.isSafeInteger(value) && !/^\s*-/.test(text) ? value : undefined, rest };
}

/** An error at which keepalived itself stops reading. */
export function wrong(reason: string, advice: string): IpvsError {
  return IpvsError.input('bad-content', 'read', '', reason, advice);
}
