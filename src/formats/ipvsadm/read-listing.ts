import { IpvsError } from '../../ipvs/error.ts';
import type { ForwardingMethod } from '../../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import { fullNetmask, parseNetmask } from '../../ipvs/netmask.ts';
import { isKnownProtocol } from '../../ipvs/protocol.ts';
import { greatestWeight, type RealServer } from '../../ipvs/real-server.ts';
import { longestPersistence, type Service } from '../../ipvs/service.ts';
import { defaultTunnel } from '../../ipvs/tunnel.ts';
import { ConfigurationDraft, type ConfigurationReading } from '../configuration.ts';
import { type NameLookup, type Names, readEndpoint } from '../names.ts';
import { readSchedulerFlags, readWhole } from '../read-values.ts';
import type { SourceText } from '../source-lines.ts';
import {
  familyOfMark,
  readRealServerLine,
  readServiceLine,
  type ServiceLine,
  serviceOfLine,
} from './proc-table.ts';

/** What a listing is read with. */
export interface ListingContext {
  readonly names: Names;
  /** Of the kernel that wrote `/proc`. */
  readonly ticksPerSecond: number;
}

/**
 * Reads what `ipvsadm -Ln` prints and what stands in `/proc/net/ip_vs`. Neither shows thresholds and tunnels, which is
 * told as not applied. Nothing is thrown for what stands in the texts.
 */
export function readListing(
  sources: readonly SourceText[],
  { names, ticksPerSecond }: ListingContext,
): ConfigurationReading {
  const draft = new ConfigurationDraft();
  for (const source of sources) new ListingReader(draft, names, ticksPerSecond).read(source);
  return draft.finish();
}

/** A service of `/proc` while its real servers are being read, which show the family of a firewall mark. */
interface ProcService {
  readonly number: number;
  readonly line: ServiceLine;
  readonly realServers: { readonly number: number; readonly realServer: RealServer }[];
}

class ListingReader {
  readonly #draft: ConfigurationDraft;
  readonly #lookup: NameLookup;
  readonly #ticksPerSecond: number;
  #number = 0;
  #isProc = false;
  #service: Service | null = null;
  #procService: ProcService | null = null;
  #isTunnelTold = false;

  constructor(draft: ConfigurationDraft, names: Names, ticksPerSecond: number) {
    this.#draft = draft;
    this.#ticksPerSecond = ticksPerSecond;
    this.#lookup = {
      names,
      onUnknownHost: (name, reason, advice) => draft.unknownHost(this.#number, name, reason, advice),
    };
  }

  read(source: SourceText): void {
    const { text } = source;
    this.#number = this.#draft.sources.open(source);
    this.#isProc = /^[A-Z]+ +(?:[\dA-F]{8}(?::|\s)|\[(?:[\da-f]{4}:){7})/im.test(text);
    this.#draft.notApplied(
      this.#number + 1,
      'the listing',
      `it does not tell thresholds${this.#isProc ? ', scheduler flags and engines' : ''}: none is taken, and a real server under TUN for ipip`,
    );
    for (let at = 0; at < text.length && !this.#draft.isHopeless; ) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      this.#number++;
      const line = text.slice(at, Math.min(end, at + longestLine));
      this.#draft.attempt(this.#number, () => this.#line(line));
      at = end + 1;
    }
    this.#endProcService();
  }

  #line(text: string): void {
    const line = text.trim();
    if (line === '' || headings.test(line)) return;
    if (this.#isProc) this.#procLine(line);
    else if (line.startsWith('->')) this.#realServer(line.split(/\s+/));
    else this.#readService(line.split(/\s+/));
  }

  #procLine(line: string): void {
    if (line.startsWith('->')) {
      const found = readRealServerLine(line);
      if (found === undefined || this.#procService === null) throw notOfListing(line);
      const { identity, forwarding, weight } = found.realServer;
      this.#tellTunnel(forwarding);
      this.#procService.realServers.push({
        number: this.#number,
        realServer: withoutRest(identity, forwarding, weight),
      });
      return;
    }
    const found = readServiceLine(line);
    if (found === undefined) throw notOfListing(line);
    this.#endProcService();
    this.#procService = { number: this.#number, line: found, realServers: [] };
  }

  #endProcService(): void {
    if (this.#procService === null) return;
    const { number, line, realServers } = this.#procService;
    const identities = realServers.map(({ realServer }) => realServer.identity);
    const family = line.identity.kind === 'address' ? line.identity.family : familyOfMark(line, identities);
    const { onePacket, ...known } = serviceOfLine(line, family, this.#ticksPerSecond);
    const service = { ...known, onePacket: onePacket ?? false, schedulerFlags: 0, engine: null };
    this.#draft.addService(service, number);
    for (const each of realServers) this.#draft.addRealServer(service.identity, each.realServer, each.number);
    this.#procService = null;
  }

  /** `TCP  192.0.2.1:80 wrr persistent 300 mask 255.255.255.0`, `FWM  7 IPv6 sh (sh-port) ops`. */
  #readService([protocol = '', where = '', ...rest]: readonly string[]): void {
    const isSix = protocol === 'FWM' && rest[0] === 'IPv6';
    const words = isSix ? rest.slice(1) : rest;
    const [scheduler] = words;
    const identity = this.#identityOf(protocol, where, isSix);
    if (scheduler === undefined || identity === undefined) throw notOfListing(`${protocol} ${where}`);
    const behind = (word: string) => {
      const at = words.indexOf(word);
      return at < 0 ? undefined : words[at + 1];
    };
    const timeout = behind('persistent');
    const mask = behind('mask');
    const netmask = mask === undefined ? fullNetmask(identity.family) : parseNetmask(identity.family, mask);
    if (netmask === undefined) throw notOfListing(`mask ${mask}`);
    const flags =
      words
        .find((word) => /^\(.+\)$/.test(word))
        ?.slice(1, -1)
        .split(',') ?? [];
    this.#service = {
      identity,
      scheduler,
      schedulerFlags: readSchedulerFlags(scheduler, flags),
      onePacket: words.includes('ops'),
      persistence:
        timeout === undefined
          ? null
          : { timeout: readWhole('persistent', timeout, 1, longestPersistence), netmask },
      engine: behind('pe') ?? null,
    };
    this.#draft.addService(this.#service, this.#number);
  }

  #identityOf(protocol: string, where: string, isSix: boolean): ServiceIdentity | undefined {
    if (protocol === 'FWM') {
      // ipvsadm prints the unsigned number by `%d`.
      const fwmark = /^-?\d{1,10}$/.test(where) ? Number(where) >>> 0 : 0;
      return fwmark === 0 ? undefined : { kind: 'fwmark', family: isSix ? 'inet6' : 'inet', fwmark };
    }
    const word = protocol.toLowerCase();
    if (!isKnownProtocol(word)) return undefined;
    return { kind: 'address', protocol: word, ...readEndpoint(where, word, 0, this.#lookup) };
  }

  /** `-> 10.0.0.21:8080 Masq 1 0 0`. */
  #realServer([, where = '', method = '', weight = '', active]: readonly string[]): void {
    const forwarding = forwardings.get(method);
    const service = this.#service;
    if (service === null || forwarding === undefined || active === undefined) {
      throw notOfListing(`-> ${where} ${method}`);
    }
    this.#tellTunnel(forwarding);
    const { identity } = service;
    const protocol = identity.kind === 'address' ? identity.protocol : 'tcp';
    const own = readEndpoint(where, protocol, 0, this.#lookup);
    const read = readWhole('weight', weight, 0, greatestWeight);
    this.#draft.addRealServer(identity, withoutRest(own, forwarding, read), this.#number);
  }

  #tellTunnel(forwarding: ForwardingMethod): void {
    if (forwarding !== 'tun' || this.#isTunnelTold) return;
    this.#isTunnelTold = true;
    this.#draft.corrected(this.#number, 'Tunnel', 'it is taken for ipip: the listing does not tell its kind');
  }
}

/** Characters of a line; an IPv6 real server has ninety. */
const longestLine = 4096;

const headings = /^(?:IP Virtual Server version|Prot LocalAddress|-> RemoteAddress)/;

const forwardings: ReadonlyMap<string, ForwardingMethod> = new Map([
  ['Masq', 'nat'],
  ['Tunnel', 'tun'],
  ['Route', 'dr'],
  ['Local', 'local'],
]);

function withoutRest(identity: RealServerIdentity, forwarding: ForwardingMethod, weight: number): RealServer {
  return { identity, forwarding, weight, upperThreshold: 0, lowerThreshold: 0, tunnel: defaultTunnel };
}

function notOfListing(what: string): IpvsError {
  return IpvsError.input(
    'bad-content',
    'read',
    '',
    `"${what.slice(0, 60)}" is not what "ipvsadm -Ln" prints`,
    'give that without --stats, --rate and the like, or better what "ipvsadm -Sn" prints',
  );
}
