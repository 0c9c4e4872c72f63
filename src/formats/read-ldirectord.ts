import { addressBytes, formatInet } from '../ipvs/address.ts';
import type { Family } from '../ipvs/family.ts';
import type { ForwardingMethod } from '../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../ipvs/identity.ts';
import { fullNetmask, parseNetmask } from '../ipvs/netmask.ts';
import { defaultRealServerSettings } from '../ipvs/real-server.ts';
import { defaultServiceSettings, longestPersistence, type Service } from '../ipvs/service.ts';
import { ConfigurationDraft, type ConfigurationReading, mostRows } from './configuration.ts';
import { wrong } from './keepalived/values.ts';
import { type NameLookup, type Names, readEndpoint } from './names.ts';
import { readSchedulerFlags, readWhole } from './read-values.ts';
import type { SourceText } from './source-lines.ts';

/** A `virtual=` with what stands below it, after its last line. */
interface DraftService {
  readonly line: number;
  readonly family: Family;
  /** What stands behind the sign of equality. */
  readonly subject: string;
  scheduler: string;
  flags: string | null;
  persistent: number | null;
  netmask: string | null;
  protocol: 'tcp' | 'udp' | null;
  onePacket: boolean;
  readonly reals: { readonly line: number; readonly text: string }[];
}

const checking = 'health checks are for ldirectord to make; the real server stands at its full weight';
const standingIn = 'it stands in the table only when all real servers fail';
const notifying = 'lvstop sends no mail and starts no program';
const running = 'it says how ldirectord runs, not what the table is';
const naming = 'the kernel has no names for services';

/** Words that are read and not done, each with the reason; those of `read_config` in ldirectord. */
const notDone: ReadonlyMap<string, string> = new Map([
  ...[
    'checkcommand',
    'checkcount',
    'checkinterval',
    'checkport',
    'checktimeout',
    'checktype',
    'database',
  ].map((word) => [word, checking] as const),
  ...['failurecount', 'httpmethod', 'load', 'login', 'monitorfile', 'negotiatetimeout', 'passwd'].map(
    (word) => [word, checking] as const,
  ),
  ...['quiescent', 'readdquiescent', 'receive', 'request', 'secret', 'service', 'virtualhost'].map(
    (word) => [word, checking] as const,
  ),
  ...['fallback', 'fallback6', 'fallbackcommand'].map((word) => [word, standingIn] as const),
  ...['emailalert', 'emailalertfrom', 'emailalertfreq', 'emailalertstatus', 'smtp', 'callback'].map(
    (word) => [word, notifying] as const,
  ),
  ...['autoreload', 'cleanstop', 'execute', 'fork', 'logfile', 'maintenancedir', 'supervised'].map(
    (word) => [word, running] as const,
  ),
  ...['comment', 'servicename'].map((word) => [word, naming] as const),
]);

/** Forwarding methods by ldirectord's words. */
const methods: Readonly<Record<string, ForwardingMethod>> = { gate: 'dr', masq: 'nat', ipip: 'tun' };

/**
 * Reads configurations of ldirectord as its `read_config` does, and what it calls ipvsadm with: lines below a `virtual=`
 * are indented by four blanks or a tab. What is not about the table is told with its line. Nothing is thrown for what
 * stands in the texts.
 */
export function readLdirectord(sources: readonly SourceText[], names: Names): ConfigurationReading {
  const draft = new ConfigurationDraft();
  const reader = new LdirectordReader(draft, names);
  for (const source of sources) {
    const before = draft.sources.open(source);
    for (const [index, raw] of source.text.split('\n').entries()) {
      if (draft.isHopeless) break;
      const line = before + index + 1;
      draft.attempt(line, () => reader.take(raw.replace(/\r$/, ''), line));
    }
    reader.end();
  }
  return draft.finish();
}

class LdirectordReader {
  readonly #draft: ConfigurationDraft;
  readonly #names: Names;
  #service: DraftService | null = null;
  #rows = 0;

  constructor(draft: ConfigurationDraft, names: Names) {
    this.#draft = draft;
    this.#names = names;
  }

  take(raw: string, line: number): void {
    if (/^\s*#/.test(raw)) return;
    const service = this.#service;
    const below =
      service === null ? null : /^ {4,}(.+)/.exec(raw.replace(/#.*/, '').replaceAll('\t', '    '));
    if (service !== null && below !== null) {
      this.#word(service, (below[1] ?? '').trim(), line);
      return;
    }
    this.end();
    if (raw.trim() === '') return;
    const virtual = /^virtual(6)?\s*=\s*(.*)/.exec(raw);
    if (virtual === null) this.#passOver(raw, line);
    else {
      this.#service = {
        line,
        family: virtual[1] === undefined ? 'inet' : 'inet6',
        subject: (virtual[2] ?? '').replace(/#.*/, '').trim(),
        scheduler: 'wrr',
        flags: null,
        persistent: null,
        netmask: null,
        protocol: null,
        onePacket: false,
        reals: [],
      };
    }
  }

  /** Ends the service that is being read: its protocol is known now, and so what names of ports mean. */
  end(): void {
    const service = this.#service;
    this.#service = null;
    if (service === null) return;
    this.#draft.attempt(service.line, () => this.#settle(service));
  }

  #word(service: DraftService, text: string, line: number): void {
    const [, word = '', value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(text) ?? [];
    const known = { real: 'inet', real6: 'inet6' }[word];
    if (known !== undefined) {
      if (known !== service.family) {
        const own = service.family === 'inet' ? 'real' : 'real6';
        throw wrong(`"${word}" is not for this family`, `write ${own}, as below its virtual`);
      }
      service.reals.push({ line, text: value });
    } else if (word === 'scheduler') service.scheduler = /[a-z]+/.exec(value)?.[0] ?? '';
    else if (word === 'persistent') service.persistent = this.#number(word, value, 1, longestPersistence);
    else if (word === 'schedflags') service.flags = /\S+/.exec(value)?.[0] ?? null;
    else if (word === 'netmask') service.netmask = value.trim();
    else if (word === 'protocol') this.#protocol(service, /\w+/.exec(value)?.[0] ?? '');
    else if (word === 'ops') service.onePacket = value === 'yes';
    else this.#passOver(text, line);
  }

  #protocol(service: DraftService, protocol: string): void {
    const isMark = /^\d+(?![\d.:])/.test(service.subject);
    if (isMark ? protocol === 'fwm' : protocol === 'tcp' || protocol === 'udp') {
      if (protocol !== 'fwm') service.protocol = protocol === 'udp' ? 'udp' : 'tcp';
      return;
    }
    throw wrong(`"${protocol}" is no protocol of this service`, isMark ? 'write fwm' : 'write tcp or udp');
  }

  #number(word: string, value: string, least: number, greatest: number): number {
    return readWhole(word, /\d+/.exec(value)?.[0] ?? value, least, greatest);
  }

  #passOver(text: string, line: number): void {
    const word = /^\s*(\w+)/.exec(text)?.[1] ?? text.trim();
    const reason = notDone.get(word);
    if (reason === undefined) {
      throw wrong(
        `ldirectord does not know "${text.trim().slice(0, 60)}", and does not start`,
        'correct the word',
      );
    }
    this.#draft.notApplied(line, word, reason);
  }

  #lookup(line: number): NameLookup {
    return {
      names: this.#names,
      onUnknownHost: (name, reason, advice) => this.#draft.unknownHost(line, name, reason, advice),
    };
  }

  #settle(service: DraftService): void {
    const { line, scheduler, flags, persistent, family, netmask, protocol, onePacket } = service;
    const identity = this.#identity(service);
    const isUdp = identity.kind === 'address' && identity.protocol === 'udp';
    if (onePacket && !isUdp) this.#draft.corrected(line, 'ops', 'ldirectord sets it for UDP only');
    const mask = netmask === null ? fullNetmask(family) : parseNetmask(family, netmask);
    if (mask === undefined) throw wrong(`"${netmask}" is no netmask`, 'write it as ipvsadm takes it');
    if (netmask !== null && persistent === null) {
      this.#draft.corrected(line, 'netmask', 'it counts for a persistent service only');
    }
    const settled: Service = {
      identity,
      ...defaultServiceSettings,
      scheduler,
      schedulerFlags: flags === null ? 0 : readSchedulerFlags(scheduler, flags.split(',')),
      onePacket: onePacket && isUdp,
      persistence: persistent === null ? null : { timeout: persistent, netmask: mask },
    };
    this.#draft.addService(settled, line);
    for (const real of service.reals) {
      this.#draft.attempt(real.line, () => this.#real(identity, protocol ?? 'tcp', real));
    }
  }

  #identity({ subject, family, protocol, line }: DraftService): ServiceIdentity {
    const mark = /^(\d+)(?![\d.:])/.exec(subject)?.[1];
    if (mark !== undefined) {
      return { kind: 'fwmark', family, fwmark: this.#number('virtual', mark, 1, 0xffffffff) };
    }
    const text = /^(?:\[[\da-f:]+\]|[\w.+-]+):[\w-]+/i.exec(subject)?.[0];
    if (text === undefined)
      throw wrong(`"${subject}" is no address and port`, 'write ADDRESS:PORT or a firewall mark');
    const usual = /:(?:53|domain)$/.test(text) ? 'udp' : 'tcp';
    const endpoint = readEndpoint(text, protocol ?? usual, 0, this.#lookup(line));
    if (endpoint.family !== family) {
      throw wrong(`${endpoint.address} is not for this word`, 'write virtual for IPv4 and virtual6 for IPv6');
    }
    return { kind: 'address', protocol: protocol ?? usual, ...endpoint };
  }

  /** `ADDRESS[->ADDRESS][:PORT] gate|masq|ipip [WEIGHT] ["REQUEST", "RECEIVE"] [l:N] [u:N]`. */
  #real(service: ServiceIdentity, protocol: string, { line, text }: DraftService['reals'][number]): void {
    const match = /^(\[[\da-f:]+\]|[\w.-]+?)(?:->([\w.-]+))?(?::([\w-]+))?\s+(\w+)(.*)$/i.exec(text.trim());
    if (match === null) throw wrong('it is no real server', 'write ADDRESS:PORT gate|masq|ipip [WEIGHT]');
    const [, host = '', last, port, method = '', rest = ''] = match;
    const forwarding = methods[method];
    if (forwarding === undefined)
      throw wrong(`"${method}" is none of gate, masq and ipip`, 'write one of them');
    const flags = /^(?:\s+(\d+))?(?:\s+".*"[, ]\s*".*")?(?:\s+l:(\d+))?(?:\s+u:(\d+))?\s*$/.exec(rest);
    if (flags === null) throw wrong(`"${rest.trim().slice(0, 60)}" means nothing there`, 'leave it out');
    const [, weight = '1', lower = '0', upper = '0'] = flags;
    const first = readEndpoint(
      port === undefined ? host : `${host}:${port}`,
      protocol,
      0,
      this.#lookup(line),
    );
    // ipvsadm is called with port 0 where none is written, and puts the service's in place of it but under masq.
    const isKept = forwarding === 'nat' || service.kind === 'fwmark';
    const realPort = isKept ? first.port : service.port;
    for (const identity of this.#addresses(first, last, line)) {
      this.#draft.addRealServer(
        service,
        {
          ...defaultRealServerSettings,
          identity: { ...identity, port: realPort },
          forwarding,
          weight: this.#number('weight', weight, 0, 0x7fffffff),
          upperThreshold: this.#number('u', upper, 0, 0xffffffff),
          lowerThreshold: this.#number('l', lower, 0, 0xffffffff),
        },
        line,
      );
    }
  }

  #addresses(
    first: RealServerIdentity,
    last: string | undefined,
    line: number,
  ): readonly RealServerIdentity[] {
    if (last === undefined) return [first];
    const end = readEndpoint(last, 'tcp', 0, this.#lookup(line));
    if (first.family !== 'inet' || end.family !== 'inet') {
      throw wrong('a range is of IPv4 addresses only', 'write one line for each');
    }
    const number = (address: string) => addressBytes(address).reduce((sum, byte) => sum * 256 + byte, 0);
    const [from, to] = [number(first.address), number(end.address)];
    this.#rows += to - from + 1;
    if (to < from) throw wrong('the range ends before it begins', 'write the lower address first');
    if (this.#rows > mostRows) throw wrong(`ranges make more than ${mostRows} real servers`, 'give fewer');
    return Array.from({ length: to - from + 1 }, (_, index) => {
      const value = from + index;
      const bytes = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
      return { ...first, address: formatInet(Uint8Array.from(bytes)) };
    });
  }
}
