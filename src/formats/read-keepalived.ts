import { addressBytes, formatInet, parseAddress } from '../ipvs/address.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { Family } from '../ipvs/family.ts';
import { parsePort, type RealServerIdentity, type ServiceIdentity } from '../ipvs/identity.ts';
import { fullNetmask, type Netmask, parseNetmask } from '../ipvs/netmask.ts';
import { isKnownProtocol, type KnownProtocol } from '../ipvs/protocol.ts';
import { greatestWeight, type RealServer } from '../ipvs/real-server.ts';
import { defaultServiceSettings, longestPersistence } from '../ipvs/service.ts';
import { defaultTunnel, type Tunnel, type TunnelChecksum, tunnelTypes } from '../ipvs/tunnel.ts';
import { ConfigurationDraft, type ConfigurationReading, mostRows } from './configuration.ts';
import { defaultPersistence } from './ipvsadm-options.ts';
import { keepalivedStatements, type Statement } from './keepalived-statements.ts';
import { flagWords, reasonNotApplied } from './keepalived-words.ts';
import { readSchedulerFlags } from './read-flags.ts';
import { readOneOf, readWhole } from './read-whole.ts';

interface Forwarding {
  readonly forwarding: 'nat' | 'tun' | 'dr';
  readonly tunnel: Tunnel;
}

interface Endpoint {
  readonly family: Family;
  readonly address: string;
  /** `null` where none was written. */
  readonly port: number | null;
}

/** Where a service listens, before its protocol and family are known. */
type Place = Endpoint | { readonly fwmark: number };

/** One place, or so many addresses one after the other, the last byte of which counts up. */
interface Listener {
  readonly first: Place;
  readonly count: number;
}

/** The places of a `virtual_server`. A group is kept as it was written: its ranges are more than its text. */
interface Listeners {
  readonly entries: readonly Listener[];
  /** All places together. */
  readonly count: number;
}

/** What a `virtual_server` says; what it does not say is as keepalived has it. */
interface Draft {
  scheduler: string;
  readonly flags: { readonly line: number; readonly name: string }[];
  onePacket: boolean;
  engine: string | null;
  timeout: number | null;
  granularity: { readonly line: number; readonly text: string } | null;
  protocol: KnownProtocol;
  family: Family | null;
  forwarding: Forwarding;
  weight: number;
  readonly realServers: DraftRealServer[];
}

interface DraftRealServer {
  readonly line: number;
  readonly endpoint: Endpoint;
  readonly settings: Partial<Omit<RealServer, 'identity'>>;
}

/**
 * Reads the `virtual_server` and `virtual_server_group` blocks of a keepalived.conf. All else in it is told as not
 * applied. Nothing is thrown for what stands in the text.
 */
export function readKeepalived(text: string): ConfigurationReading {
  const draft = new ConfigurationDraft();
  const statements = keepalivedStatements(draft, text);
  // With a brace too few or too many the rest would be told of at the wrong place.
  if (!draft.hasProblems) new KeepalivedReader(draft, statements).read();
  return draft.finish();
}

class KeepalivedReader {
  readonly #draft: ConfigurationDraft;
  readonly #statements: readonly Statement[];
  readonly #groups = new Map<string, Listeners>();

  constructor(draft: ConfigurationDraft, statements: readonly Statement[]) {
    this.#draft = draft;
    this.#statements = statements;
  }

  read(): void {
    for (const statement of this.#statements) {
      if (statement.words[0] === 'virtual_server_group') this.#readGroup(statement);
    }
    for (const statement of this.#statements) {
      if (this.#draft.isHopeless) return;
      this.#draft.attempt(statement.line, () => this.#readTop(statement));
    }
  }

  #readTop(statement: Statement): void {
    const { line, words } = statement;
    const [word] = words;
    if (word === 'virtual_server') this.#readService(statement);
    if (word === 'virtual_server' || word === 'virtual_server_group') return;
    if (word.startsWith('@') || word.startsWith('$') || word.startsWith('~')) {
      throw wrong(
        `"${word}" depends on how keepalived is started, or stands for other text`,
        'write out what is meant',
      );
    }
    if (word.startsWith('include')) {
      this.#draft.notApplied(line, word, 'other files are not read; name them one by one', true);
    } else {
      this.#draft.notApplied(line, word, 'it does not describe the IPVS table');
    }
  }

  #readGroup({ line, words, block }: Statement): void {
    const [, name] = words;
    if (name === undefined || block === null) {
      this.#draft.problem(line, 'a virtual_server_group needs a name and a block', 'give both');
      return;
    }
    const entries = block.flatMap(
      (entry) => this.#draft.attempt(entry.line, () => groupListener(entry)) ?? [],
    );
    this.#groups.set(name, { entries, count: entries.reduce((sum, { count }) => sum + count, 0) });
  }

  #readService(statement: Statement): void {
    const { line, words, block } = statement;
    if (block === null) throw wrong('a virtual_server needs a block', 'write { … } behind it');
    const listeners = this.#listenersOf(statement);
    if (listeners.count === 0) throw wrong(`the group of "${words.join(' ')}" is empty`, 'give it an entry');
    const draft: Draft = {
      scheduler: defaultServiceSettings.scheduler,
      flags: [],
      onePacket: false,
      engine: null,
      timeout: null,
      granularity: null,
      protocol: 'tcp',
      family: null,
      forwarding: { forwarding: 'nat', tunnel: defaultTunnel },
      weight: 1,
      realServers: [],
    };
    for (const entry of block) {
      this.#draft.attempt(entry.line, () => this.#readServiceWord(draft, entry));
    }
    const rows = listeners.count * (1 + draft.realServers.length);
    if (rows > mostRows) {
      this.#draft.giveUp(
        line,
        `${listeners.count} addresses with ${draft.realServers.length} real servers each make ${rows} services and real servers, more than the ${mostRows} that are read`,
        'give it fewer addresses',
      );
      return;
    }
    // What the service says counts wherever it stands in its block.
    const flags = draft.flags.reduce(
      (bits, { line: at, name }) =>
        bits | (this.#draft.attempt(at, () => readSchedulerFlags(draft.scheduler, [name])) ?? 0),
      0,
    );
    for (const { first, count } of listeners.entries) {
      for (let index = 0; index < count && !this.#draft.isHopeless; index++) {
        this.#draft.attempt(line, () => this.#add(draft, flags, placeAt(first, index), line));
      }
    }
  }

  #listenersOf({ words }: Statement): Listeners {
    const [, first, second] = words;
    if (first === undefined) throw wrong('a virtual_server needs an address', 'give address and port');
    if (first === 'group') {
      const found = this.#groups.get(second ?? '');
      if (found === undefined) {
        throw wrong(`there is no virtual_server_group "${second ?? ''}"`, 'describe it, or correct the name');
      }
      return found;
    }
    if (first === 'fwmark') {
      return onePlace({ fwmark: readWhole('fwmark', second ?? '', 1, 0xffffffff) });
    }
    return onePlace(readEndpointWords(first, second));
  }

  #readServiceWord(draft: Draft, entry: Statement): void {
    const [word, value = ''] = entry.words;
    const take = serviceWords.get(word);
    if (take !== undefined) take(draft, value, entry);
    else if (flagWords.has(word)) draft.flags.push({ line: entry.line, name: word });
    else if (word === 'real_server') draft.realServers.push(this.#readRealServer(entry));
    else this.#passOver(entry);
  }

  #passOver({ line, words: [word] }: Statement): void {
    const reason = reasonNotApplied(word);
    if (reason === undefined) {
      throw wrong(`"${visibleWord(word)}" is not known here`, 'correct the word, or leave the line out');
    }
    this.#draft.notApplied(line, word, reason);
  }

  #add(draft: Draft, schedulerFlags: number, place: Place, line: number): void {
    const servicePort = 'fwmark' in place ? 0 : (place.port ?? 0);
    const realServers = draft.realServers.map(({ endpoint, settings, line: at }) => {
      const identity: RealServerIdentity = { ...endpoint, port: endpoint.port ?? servicePort };
      const common = { weight: draft.weight, upperThreshold: 0, lowerThreshold: 0, ...draft.forwarding };
      return { line: at, realServer: { ...common, ...settings, identity } };
    });
    const family = familyOf(draft, place, realServers);
    const identity: ServiceIdentity =
      'fwmark' in place
        ? { kind: 'fwmark', family, fwmark: place.fwmark }
        : { kind: 'address', family, protocol: draft.protocol, address: place.address, port: servicePort };
    const { scheduler, onePacket, engine } = draft;
    const persistence = this.#persistence(draft, family);
    this.#draft.addService({ identity, scheduler, schedulerFlags, onePacket, persistence, engine }, line);
    for (const each of realServers) this.#draft.addRealServer(identity, each.realServer, each.line);
  }

  #persistence(draft: Draft, family: Family): { timeout: number; netmask: Netmask } | null {
    const { granularity, timeout } = draft;
    if (granularity === null) return timeout === null ? null : { timeout, netmask: fullNetmask(family) };
    const netmask = parseNetmask(family, granularity.text);
    if (netmask === undefined) {
      this.#draft.problem(
        granularity.line,
        `"${visibleWord(granularity.text)}" is not a persistence_granularity for ${family === 'inet' ? 'IPv4' : 'IPv6'}`,
        'give a mask like 255.255.255.0 for IPv4, a prefix length from 1 to 128 for IPv6',
      );
      return null;
    }
    return { timeout: timeout ?? defaultPersistence, netmask };
  }

  #readRealServer({ line, words, block }: Statement): DraftRealServer {
    const [, address, port] = words;
    if (address === undefined) throw wrong('a real_server needs an address', 'give address and port');
    const endpoint = readEndpointWords(address, port);
    const settings: Partial<Omit<RealServer, 'identity'>> = {};
    for (const entry of block ?? []) {
      this.#draft.attempt(entry.line, () => {
        const [word, value = ''] = entry.words;
        const take = realServerWords.get(word);
        if (take === undefined) this.#passOver(entry);
        else Object.assign(settings, take(value, entry));
      });
    }
    return { line, endpoint, settings };
  }
}

const serviceWords = wordTable<(draft: Draft, value: string, entry: Statement) => void>({
  ip_family: (draft, value) => {
    draft.family = readOneOf('ip_family', value, ['inet', 'inet6'] as const);
  },
  lb_algo: readScheduler,
  lvs_sched: readScheduler,
  lb_kind: readServiceForwarding,
  lvs_method: readServiceForwarding,
  protocol: (draft, value) => {
    const protocol = value.toLowerCase();
    if (!isKnownProtocol(protocol)) {
      throw wrong(`"${visibleWord(value)}" is not a protocol`, 'give TCP, UDP or SCTP');
    }
    draft.protocol = protocol;
  },
  persistence_timeout: (draft, value) => {
    draft.timeout =
      value === '' ? defaultPersistence : readWhole('persistence_timeout', value, 1, longestPersistence);
  },
  persistence_granularity: (draft, text, { line }) => {
    draft.granularity = { line, text };
  },
  persistence_engine: (draft, value) => {
    draft.engine = requireValue('persistence_engine', value);
  },
  ops: (draft) => {
    draft.onePacket = true;
  },
  weight: (draft, value) => {
    draft.weight = readWhole('weight', value, 0, greatestWeight);
  },
});

const realServerWords = wordTable<(value: string, entry: Statement) => Partial<Omit<RealServer, 'identity'>>>(
  {
    weight: (value) => ({ weight: readWhole('weight', value, 0, greatestWeight) }),
    lvs_method: (_, entry) => readForwarding(entry),
    lb_kind: (_, entry) => readForwarding(entry),
    uthreshold: (value) => ({ upperThreshold: readWhole('uthreshold', value, 0, 0xffffffff) }),
    lthreshold: (value) => ({ lowerThreshold: readWhole('lthreshold', value, 0, 0xffffffff) }),
  },
);

function readScheduler(draft: Draft, value: string): void {
  draft.scheduler = requireValue('lb_algo', value);
}

function readServiceForwarding(draft: Draft, _: string, entry: Statement): void {
  draft.forwarding = readForwarding(entry);
}

const methods = { NAT: 'nat', TUN: 'tun', DR: 'dr' } as const;
const checksums = wordTable<TunnelChecksum>({ nocsum: 'no', csum: 'yes', remcsum: 'remote' });

/** `lvs_method NAT|DR|TUN [type ipip|gue port N [nocsum|csum|remcsum]|gre [nocsum|csum]]`. */
function readForwarding({ words: [word, method = '', ...rest] }: Statement): Forwarding {
  const name = readOneOf(word, method.toUpperCase(), Object.keys(methods) as (keyof typeof methods)[]);
  let tunnel = defaultTunnel;
  for (let at = 0; at < rest.length; at++) {
    const part = rest[at] ?? '';
    const checksum = checksums.get(part);
    if (checksum !== undefined) tunnel = { ...tunnel, checksum };
    else if (part === 'type') tunnel = { ...tunnel, type: readOneOf(part, rest[++at] ?? '', tunnelTypes) };
    else if (part === 'port') tunnel = { ...tunnel, port: readWhole(part, rest[++at] ?? '', 1, 65535) };
    else
      throw wrong(
        `"${visibleWord(part)}" does not go with ${word}`,
        'give type, port, nocsum, csum or remcsum',
      );
  }
  if (tunnel.type === 'gue' && tunnel.port === 0) {
    throw wrong('a gue tunnel has no port', 'write "type gue port N"');
  }
  return { forwarding: methods[name], tunnel };
}

function readEndpointWords(address: string, port: string | undefined): Endpoint {
  const parsed = parseAddress(address);
  if (parsed === undefined) {
    throw wrong(`"${visibleWord(address)}" is not an address`, 'write address and port with a blank between');
  }
  return { family: parsed.family, address: parsed.text, port: readPortWord(port) };
}

function readPortWord(text: string | undefined): number | null {
  if (text === undefined) return null;
  const port = parsePort(text);
  if (port !== undefined) return port;
  throw wrong(`"${visibleWord(text)}" is not a port`, 'give a whole number from 0 to 65535');
}

/** `10.0.0.1 80`, `10.0.0.1-9 80`, `fwmark 7`. */
function groupListener({ words: [first, second] }: Statement): Listener {
  if (first === 'fwmark') {
    return { first: { fwmark: readWhole('fwmark', second ?? '', 1, 0xffffffff) }, count: 1 };
  }
  const range = /^([\d.]{7,15})-(\d{1,3})$/.exec(first);
  if (range === null) return { first: readEndpointWords(first, second), count: 1 };
  const start = readEndpointWords(range[1] ?? '', second);
  const from = addressBytes(start.address)[3] ?? 0;
  return { first: start, count: readWhole('the end of a range', range[2] ?? '', from, 255) - from + 1 };
}

function onePlace(first: Place): Listeners {
  return { entries: [{ first, count: 1 }], count: 1 };
}

/** The place that is so many addresses behind another. */
function placeAt(first: Place, index: number): Place {
  if ('fwmark' in first || index === 0) return first;
  const bytes = addressBytes(first.address);
  return { ...first, address: formatInet(Uint8Array.of(...bytes.slice(0, 3), (bytes[3] ?? 0) + index)) };
}

/** As keepalived has it: what is said, else that of real servers that are not tunnelled, else what all have. */
function familyOf(
  { family }: Draft,
  place: Place,
  realServers: readonly { readonly realServer: RealServer }[],
): Family {
  if (!('fwmark' in place)) {
    if (family === null || family === place.family) return place.family;
    throw wrong(`${place.address} is not of the ip_family ${family}`, 'correct one of them');
  }
  if (family !== null) return family;
  const direct = realServers.find(({ realServer }) => realServer.forwarding !== 'tun');
  if (direct !== undefined) return direct.realServer.identity.family;
  const families = new Set(realServers.map(({ realServer }) => realServer.identity.family));
  const [only = 'inet'] = families;
  return families.size === 1 ? only : 'inet';
}

function requireValue(word: string, value: string): string {
  if (value === '') throw wrong(`${word} has no value`, `give one after ${word}`);
  return value;
}

function visibleWord(word: string): string {
  return word.slice(0, 60);
}

function wrong(reason: string, advice: string): IpvsError {
  return IpvsError.input('read', '', reason, advice);
}

/** A table that is asked with words from outside: a plain object would also know `constructor`. */
function wordTable<Value>(entries: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entries));
}
