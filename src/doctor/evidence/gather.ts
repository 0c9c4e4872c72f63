import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { sampleConnections } from '../../director/connection-sample.ts';
import type { Director, ReadableDirector } from '../../director/director.ts';
import type { Network, NetworkPicture } from '../../forwarding/network.ts';
import { type NetworkFacts, networkFacts, unknownNetwork } from '../../forwarding/network-facts.ts';
import type { KernelCounters, Machine, MachineSampler } from '../../host/machine/machine.ts';
import type { ConnectionSample } from '../../ipvs/connection.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import { type KnownAnswers, noAnswers } from '../../probe/known-answers.ts';
import type { PublicServiceView, ServiceView } from '../../sampling/view.ts';
import { inTurns, Turns, type Work } from '../../system/turns.ts';
import { elsewhere } from './elsewhere.ts';
import type { AddressHolder, Evidence, PublicEvidence, SavedState, SetUpTimes } from './evidence.ts';
import { incomingQuestions } from './incoming-routes.ts';
import { unjudgedRules } from './unjudged-rules.ts';

/** What the doctor reads without special rights. */
export interface PublicSources {
  readonly director: ReadableDirector;
  readonly network: Pick<Network, 'picture'>;
  readonly machine: MachineSampler;
  /**
   * Asks on the links who else has the virtual addresses. It sends packets, so it is given only where the operator
   * wants that.
   */
  readonly holders?: (
    network: NetworkFacts,
    services: readonly PublicServiceView[],
  ) => Promise<readonly AddressHolder[]>;
  /** What real servers answer to probes, or answered before; left out where none was probed. */
  readonly answers?: (services: readonly PublicServiceView[]) => KnownAnswers | Promise<KnownAnswers>;
  /** When set-up scripts were printed here; left out where that is not known. */
  readonly setUps?: () => SetUpTimes;
  /** Virtual addresses of VRRP instances that are backup here; left out where that is not known. */
  readonly standby?: () => ReadonlySet<string>;
  /** Recent changes of the table, the newest first; left out where nobody followed it. */
  readonly changes?: () => readonly JournalledChange[];
  /** The kernel's counters of some seconds ago, where they were read. */
  readonly countersBefore?: KernelCounters;
  /** Milliseconds of work that reading connections may take; `usualPatience` when not given. */
  readonly patience?: number;
}

/** What the doctor reads with all rights. */
export interface Sources extends PublicSources {
  readonly director: Director;
  /** Whether the running table is what is saved. */
  readonly saved: () => SavedState | Promise<SavedState>;
}

/**
 * Connections that are sampled: the kernel lists them in the order of a random hash, so that the first ones are an
 * even sample.
 */
const connectionsLookedAt = 1000;

/** Milliseconds of work that reading the sample may take. */
const usualPatience = 20;

/** What was gathered, and what could not be. */
export interface Gathered<Kind extends PublicEvidence> {
  readonly evidence: Kind;
  /** One clause for each thing that could not be looked at; safe to show. */
  readonly unseen: readonly string[];
  /**
   * All settings that were read, also later by checks, by path below `/proc/sys`; `undefined` for those that are not
   * there.
   */
  readonly settings: ReadonlyMap<string, string | undefined>;
}

/**
 * Gathers what all checks need to know about these services. What cannot be read is left out and listed in `unseen`.
 * Throws an `unreachable` `IpvsError` when the director itself cannot be read.
 */
export async function gather(
  sources: Sources,
  services: readonly ServiceView[],
): Promise<Gathered<Evidence>> {
  const { director } = sources;
  const { evidence, unseen, settings } = await gatherPublic(sources, services);
  const more: string[] = [];
  const saved = await attempt<SavedState>(more, 'what is saved', { kind: 'unknown' }, () => sources.saved());
  return {
    evidence: {
      ...evidence,
      services,
      syncDaemons: director.syncDaemons(),
      timeouts: director.timeouts(),
      saved,
    },
    unseen: [...unseen, ...more],
    settings,
  };
}

/** Gathers what the checks need and can be read without CAP_NET_ADMIN. */
export async function gatherPublic(
  sources: PublicSources,
  services: readonly PublicServiceView[],
): Promise<Gathered<PublicEvidence>> {
  const { director } = sources;
  const unseen: string[] = [];
  const settings = new Map<string, string | undefined>();
  const machine = rememberingMachine(await sources.machine.sample(), sources, settings);
  const connections = await attempt<ConnectionSample>(
    unseen,
    'connections',
    { connections: [], isWhole: false },
    () => {
      const turns = new Turns();
      const { patience = usualPatience } = sources;
      return inTurns(sampleConnections(director, connectionsLookedAt, patience, turns), turns);
    },
  );
  const picture = await attempt<NetworkPicture>(unseen, 'the network', unknownNetwork, () =>
    lookAround(sources, machine, services, connections),
  );
  const network = networkFacts(picture, machine.sysctl);
  const answers = await attempt<KnownAnswers>(
    unseen,
    'answers to probes',
    noAnswers,
    () => sources.answers?.(services) ?? noAnswers,
  );
  const evidence: PublicEvidence = {
    info: director.info(),
    services,
    network,
    machine,
    syncDaemons: null,
    connections,
    countersBefore: sources.countersBefore ?? null,
    setUps: sources.setUps?.() ?? new Map(),
    standby: sources.standby?.() ?? new Set(),
    changes: sources.changes?.() ?? [],
    time: director.clock.time(),
    answers,
    holders: await attempt<PublicEvidence['holders']>(
      unseen,
      'who holds the addresses',
      null,
      () => sources.holders?.(network, services) ?? null,
    ),
  };
  unseen.push(...unreadRules(machine), ...(await inTurns(unjudgedRules(evidence))));
  return { evidence, unseen, settings };
}

/** One clause for each part of the firewall that was not read and may hold rules. */
function unreadRules(machine: Machine): string[] {
  const { aside, unread, tracks } = machine.firewall();
  const asides = aside.map(
    (name) => `nft's table ${name}, which sees packets before the firewall's other rules do`,
  );
  if (unread === null || tracks === false) return asides;
  return [
    ...asides,
    unread === 'nftables'
      ? 'rules of nftables, which could not be read ("nft list ruleset" shows them)'
      : "the firewall's rules, which may be read with CAP_NET_ADMIN only",
  ];
}

/** The network with the routes to all addresses, and to those that only a first look shows to be worth asking for. */
async function lookAround(
  { network }: PublicSources,
  machine: Machine,
  services: readonly PublicServiceView[],
  connections: ConnectionSample,
): Promise<NetworkPicture> {
  const addresses = await inTurns(addressesOf(services));
  const first = await network.picture([...Object.values(elsewhere), ...addresses]);
  const incoming = await inTurns(incomingQuestions(first, machine.sysctl, machine.firewall, services));
  const questions = [...incoming, ...strangersAmong(connections, first)];
  if (questions.length === 0) return first;
  const second = await network.picture(questions);
  return { ...second, routes: new Map([...first.routes, ...second.routes]) };
}

/** Clients of each family whose routes are asked for. A few are enough: a director has few routes to its clients. */
const clientsAskedFor = 4;

/** A few clients that are in none of the director's own subnets. */
function strangersAmong({ connections }: ConnectionSample, { addresses }: NetworkPicture): string[] {
  const own = addresses.filter(({ scope }) => scope !== 'link');
  const found = { 4: new Set<string>(), 6: new Set<string>() };
  for (const { client } of connections) {
    const kept = found[client.address.includes(':') ? 6 : 4];
    if (kept.size >= clientsAskedFor || kept.has(client.address)) continue;
    if (!own.some(({ address, prefixLength }) => isInSubnet(client.address, address, prefixLength)))
      kept.add(client.address);
  }
  return [...found[4], ...found[6]];
}

/** The virtual and real addresses of services, each once. */
function* addressesOf(services: readonly PublicServiceView[]): Work<ReadonlySet<string>> {
  const addresses = new Set<string>();
  for (const { service, realServers } of services) {
    if (service.identity.kind === 'address') addresses.add(service.identity.address);
    for (const { realServer } of realServers) addresses.add(realServer.identity.address);
    yield 1 + realServers.length;
  }
  return addresses;
}

async function attempt<Result>(
  unseen: string[],
  what: string,
  otherwise: Result,
  look: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    unseen.push(`${what}: ${error.reason}`);
    return otherwise;
  }
}

/** Settings below this path are read from the director that is examined. */
const ipvs = 'net/ipv4/vs/';

/** A setting as it is now, by its path below `/proc/sys`. */
export function presentSetting(
  { director, machine }: Pick<PublicSources, 'director' | 'machine'>,
  path: string,
): string | undefined {
  return path.startsWith(ipvs) ? director.setting(path.slice(ipvs.length)) : machine.sysctl(path);
}

/** A machine that reads each setting once and notes what was read. */
function rememberingMachine(
  machine: Machine,
  sources: PublicSources,
  remembered: Map<string, string | undefined>,
): Machine {
  return {
    sysctl(path) {
      if (!remembered.has(path)) remembered.set(path, presentSetting(sources, path));
      return remembered.get(path);
    },
    module: (name) => machine.module(name),
    running: (names) => machine.running(names),
    dockerDaemon: () => machine.dockerDaemon(),
    counters: () => machine.counters(),
    trackedConnections: () => machine.trackedConnections(),
    hasSyncedConnection: () => machine.hasSyncedConnection(),
    listeners: (port) => machine.listeners(port),
    firewall: () => machine.firewall(),
  };
}
