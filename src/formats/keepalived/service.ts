import type { Family } from '../../ipvs/family.ts';
import { isKnownProtocol, type KnownProtocol } from '../../ipvs/protocol.ts';
import { greatestWeight, type RealServer } from '../../ipvs/real-server.ts';
import { findScheduler, plainSchedulerFlags, schedulers } from '../../ipvs/scheduler.ts';
import { longestPersistence } from '../../ipvs/service.ts';
import { defaultTunnel } from '../../ipvs/tunnel.ts';
import type { ConfigurationDraft } from '../configuration.ts';
import { defaultPersistence } from '../ipvsadm/ipvsadm-options.ts';
import type { Statement } from './statements.ts';
import { type Endpoint, type Forwarding, ValueReader, wrong } from './values.ts';
import { reasonNotApplied } from './words.ts';

/** What a `virtual_server` is for. */
export type Subject =
  | { readonly kind: 'address'; readonly endpoint: Endpoint }
  | { readonly kind: 'fwmark'; readonly fwmark: number }
  | { readonly kind: 'group'; readonly name: string };

/** A `real_server` as it stands; `null` where what its service says counts. */
export interface DraftRealServer {
  readonly statement: Statement;
  readonly endpoint: Endpoint;
  forwarding: Forwarding | null;
  weight: number | null;
  upper: number;
  lower: number;
}

/** A `virtual_server` as it stands, after its last word; `null` for what it does not say. */
export interface DraftService {
  readonly statement: Statement;
  readonly subject: Subject;
  family: Family | null;
  scheduler: string | null;
  flags: number;
  onePacket: Statement | null;
  engine: Statement | null;
  timeout: number | null;
  granularity: number | null;
  protocol: KnownProtocol | null;
  forwarding: Forwarding | null;
  weight: number;
  readonly realServers: DraftRealServer[];
  /** The real servers that are described, also where the sorry server takes their place in the table. */
  described: readonly DraftRealServer[];
  sorry: DraftRealServer | null;
  sorryStands: boolean;
}

/** What keepalived takes for the forwarding method where none is said. */
export const defaultForwarding: Forwarding = { forwarding: 'nat', tunnel: defaultTunnel };

/**
 * Reads the block of a `virtual_server` word by word as the handlers in keepalived's `check/check_parser.c` do: what
 * comes later counts, and a real server takes over what its service has said above it.
 */
export class ServiceReader {
  readonly #draft: ConfigurationDraft;
  readonly #values: ValueReader;

  constructor(draft: ConfigurationDraft) {
    this.#draft = draft;
    this.#values = new ValueReader(draft);
  }

  /** The service, or `undefined` for one that keepalived passes over. Throws an input `IpvsError`. */
  read(statement: Statement): DraftService | undefined {
    const { line, block } = statement;
    if (block === null) throw wrong('a virtual_server needs a block', 'write { … } behind it');
    const subject = this.#subjectOf(statement);
    if (subject === undefined) return undefined;
    this.#values.tellSurplus(statement, 3);
    const service: DraftService = {
      statement,
      subject,
      family: subject.kind === 'address' ? subject.endpoint.family : null,
      scheduler: null,
      flags: 0,
      onePacket: null,
      engine: null,
      timeout: null,
      granularity: null,
      protocol: null,
      forwarding: null,
      weight: 1,
      realServers: [],
      described: [],
      sorry: null,
      sorryStands: false,
    };
    for (const entry of block) {
      this.#draft.attempt(entry.line, () => this.#word(service, entry));
    }
    this.#draft.attempt(line, () => this.#endFamily(service));
    return service;
  }

  #subjectOf(statement: Statement): Subject | undefined {
    const [, first, second] = statement.words;
    if (first === undefined) throw wrong('a virtual_server needs an address', 'give address and port');
    if (first === 'group') return { kind: 'group', name: this.#values.word(statement, 2) };
    if (first === 'fwmark') {
      const fwmark = this.#values.number(statement, { least: 0, greatest: 0xffffffff }, 2);
      return fwmark === undefined ? undefined : { kind: 'fwmark', fwmark };
    }
    const endpoint = this.#values.endpoint(statement, first, second);
    return endpoint && { kind: 'address', endpoint };
  }

  #word(service: DraftService, entry: Statement): void {
    const [word] = entry.words;
    if (word === 'real_server') this.#realServer(service, entry);
    else if (flagWords.has(word)) this.#flag(service, entry);
    else {
      const handler = this.#handlers.get(word);
      if (handler === undefined) this.#otherWord(entry);
      else {
        handler(service, entry);
        if (!wordsOfMany.has(word)) this.#values.tellSurplus(entry, 2);
      }
    }
  }

  readonly #handlers: ReadonlyMap<string, (service: DraftService, entry: Statement) => void> = new Map(
    Object.entries({
      ip_family: (service: DraftService, entry: Statement) => this.#ipFamily(service, entry),
      lb_algo: (service: DraftService, entry: Statement) => this.#scheduler(service, entry),
      lvs_sched: (service: DraftService, entry: Statement) => this.#scheduler(service, entry),
      lb_kind: (service: DraftService, entry: Statement) => this.#forwarding(service, entry),
      lvs_method: (service: DraftService, entry: Statement) => this.#forwarding(service, entry),
      persistence_engine: (service: DraftService, entry: Statement) => {
        this.#values.word(entry);
        service.engine = entry;
      },
      persistence_timeout: (service: DraftService, entry: Statement) => {
        const bounds = { least: 1, greatest: longestPersistence, isStrict: true };
        if (entry.words.length < 2) service.timeout = defaultPersistence;
        else service.timeout = this.#values.number(entry, bounds) ?? service.timeout;
      },
      persistence_granularity: (service: DraftService, entry: Statement) => this.#granularity(service, entry),
      protocol: (service: DraftService, entry: Statement) => {
        const protocol = this.#values.word(entry).toLowerCase();
        if (isKnownProtocol(protocol)) service.protocol = protocol;
        else this.#values.passOver(entry, `"${entry.words[1]}" is none of TCP, UDP and SCTP`);
      },
      ops: (service: DraftService, entry: Statement) => {
        service.onePacket = entry;
        this.#values.tellSurplus(entry, 1);
      },
      weight: (service: DraftService, entry: Statement) => {
        service.weight = this.#values.number(entry, { least: 1, greatest: greatestWeight }) ?? service.weight;
      },
      sorry_server: (service: DraftService, entry: Statement) => this.#sorryServer(service, entry),
      sorry_server_inhibit: (service: DraftService) => {
        service.sorryStands = service.sorry !== null;
      },
      sorry_server_lvs_method: (service: DraftService, entry: Statement) => {
        const { sorry } = service;
        if (sorry !== null) sorry.forwarding = this.#values.forwarding(entry, sorry.forwarding);
      },
    }),
  );

  #otherWord({ line, words: [word], block }: Statement): void {
    const reason = reasonNotApplied(word);
    if (reason === undefined && block !== null) {
      throw wrong(
        `keepalived does not know "${word.slice(0, 60)}", takes what stands in its block for words of the block around it, and ends that with its brace`,
        'correct the word, or leave the block out',
      );
    }
    this.#draft.notApplied(line, word, reason ?? 'keepalived does not know the word and passes over it');
  }

  #ipFamily(service: DraftService, entry: Statement): void {
    const family = this.#values.word(entry);
    if (family !== 'inet' && family !== 'inet6') {
      this.#values.passOver(entry, `"${family}" is neither inet nor inet6`);
    } else if (service.family !== null && service.family !== family) {
      this.#values.passOver(entry, `the service is ${service.family} already`);
    } else service.family = family;
  }

  #scheduler(service: DraftService, entry: Statement): void {
    const name = this.#values.word(entry);
    if (findScheduler(name) !== undefined) service.scheduler = name;
    else {
      const known = schedulers.map((scheduler) => scheduler.name).join(', ');
      this.#values.passOver(
        entry,
        `it is none of ${known}; ${service.scheduler ?? 'wlc, which it takes where none is said,'} counts`,
      );
    }
  }

  #flag(service: DraftService, entry: Statement): void {
    const [word] = entry.words;
    const flags = [...plainSchedulerFlags, ...(findScheduler(service.scheduler ?? '')?.flags ?? [])];
    const flag = flags.find(({ name }) => name === word);
    if (flag !== undefined) service.flags |= flag.bit;
    else {
      const owner = word.slice(0, 2);
      this.#values.passOver(
        entry,
        service.scheduler === null
          ? `no scheduler is said above it: keepalived wants lb_algo ${owner} before`
          : `it is no flag of ${service.scheduler}`,
      );
    }
    this.#values.tellSurplus(entry, 1);
  }

  #forwarding(service: DraftService, entry: Statement): void {
    service.forwarding = this.#values.forwarding(entry, service.forwarding);
  }

  #granularity(service: DraftService, entry: Statement): void {
    const family = service.family ?? (this.#values.word(entry).includes('.') ? 'inet' : 'inet6');
    const granularity =
      family === 'inet'
        ? this.#values.inetMask(entry)
        : this.#values.number(entry, { least: 1, greatest: 128, isStrict: true });
    if (granularity === undefined) return;
    service.granularity = granularity;
    service.family = family;
    service.timeout ??= defaultPersistence;
  }

  #sorryServer(service: DraftService, entry: Statement): void {
    const address = this.#values.word(entry);
    const endpoint = this.#values.endpoint(entry, address, entry.words[2]);
    this.#draft.notApplied(entry.line, 'sorry_server', sorryReason);
    if (endpoint === undefined) return;
    const { forwarding } = service;
    service.sorry = { statement: entry, endpoint, forwarding, weight: 0, upper: 0, lower: 0 };
  }

  #realServer(service: DraftService, statement: Statement): void {
    const { words, block } = statement;
    const address = this.#values.word(statement);
    if (block === null) throw wrong('a real_server needs a block', 'write { … } behind it');
    const endpoint = this.#values.endpoint(statement, address, words[2]);
    if (endpoint === undefined) return;
    this.#values.tellSurplus(statement, 3);
    const { forwarding } = service;
    const realServer: DraftRealServer = { statement, endpoint, forwarding, weight: null, upper: 0, lower: 0 };
    for (const entry of block) {
      this.#draft.attempt(entry.line, () => this.#realServerWord(realServer, entry));
    }
    if (realServer.forwarding?.forwarding !== 'tun') {
      service.family ??= endpoint.family;
      if (service.family !== endpoint.family) {
        this.#values.passOver(
          statement,
          `the service is ${service.family}, and only a tunnel leads to another family`,
        );
        return;
      }
    }
    service.realServers.push(realServer);
  }

  #realServerWord(realServer: DraftRealServer, entry: Statement): void {
    const [word] = entry.words;
    const threshold = { least: 0, greatest: 0xffffffff };
    switch (word) {
      case 'weight':
        realServer.weight =
          this.#values.number(entry, { least: 0, greatest: greatestWeight }) ?? realServer.weight;
        break;
      case 'uthreshold':
        realServer.upper = this.#values.number(entry, threshold) ?? realServer.upper;
        break;
      case 'lthreshold':
        realServer.lower = this.#values.number(entry, threshold) ?? realServer.lower;
        break;
      case 'lvs_method':
        realServer.forwarding = this.#values.forwarding(entry, realServer.forwarding);
        return;
      default:
        this.#otherWord(entry);
        return;
    }
    this.#values.tellSurplus(entry, 2);
  }

  /**
   * The family of a firewall mark, as `vs_end_handler` finds it: that of the servers that are not tunnelled, otherwise
   * that of all, where they have the same.
   */
  #endFamily(service: DraftService): void {
    const { sorry } = service;
    if (sorry !== null && sorry.forwarding?.forwarding !== 'tun') {
      service.family ??= sorry.endpoint.family;
      if (service.family !== sorry.endpoint.family) service.sorry = null;
    }
    if (service.family !== null || service.subject.kind === 'group') return;
    const all = [...(service.sorry === null ? [] : [service.sorry]), ...service.realServers];
    const families = new Set(all.map(({ endpoint }) => endpoint.family));
    const [only = 'inet'] = families;
    service.family = families.size === 1 ? only : 'inet';
  }
}

/** Flags that keepalived writes as a word of their own. */
const flagWords: ReadonlySet<string> = new Set([
  ...plainSchedulerFlags.map(({ name }) => name),
  ...schedulers.flatMap(({ flags }) => flags.map(({ name }) => name)),
]);

/** Words whose handlers look at all that stands behind them. */
const wordsOfMany: ReadonlySet<string> = new Set([
  'lb_kind',
  'lvs_method',
  'ops',
  'sorry_server',
  'sorry_server_inhibit',
  'sorry_server_lvs_method',
]);

const sorryReason = 'lvstop has no server for when all others fail';

/** The settings of a real server, with those that it does not name taken from its service, or keepalived's defaults. */
export function settledRealServer(
  service: DraftService,
  { forwarding, weight, upper, lower }: DraftRealServer,
): Omit<RealServer, 'identity'> {
  const settled = forwarding ?? service.forwarding ?? defaultForwarding;
  return {
    ...settled,
    tunnel: settled.forwarding === 'tun' ? settled.tunnel : defaultTunnel,
    weight: weight ?? service.weight,
    upperThreshold: upper,
    lowerThreshold: lower,
  };
}
