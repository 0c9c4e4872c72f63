import { modeDemands } from '../../forwarding/mode-demands.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import { type NextHopRoute, nextHopRoute } from '../../forwarding/next-hop-route.ts';
import { forwardingMethodLabel, isForwardingMode } from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService, type RealServerName } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import { findScheduler, rejectsUnavailable } from '../../ipvs/scheduler.ts';
import type { Service } from '../../ipvs/service.ts';
import { visible } from '../../ipvs/visible.ts';
import { count } from '../steps/describe.ts';
import type { Picture } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { type NetworkDoubt, networkDoubts } from './network-doubts.ts';

/** What the warnings look at: the service before and after, and the kernel's settings. */
export interface WarningContext {
  readonly before: Picture;
  readonly after: Picture;
  readonly steps: readonly Step[];
  /** Value of `/proc/sys/net/ipv4/vs/NAME`. */
  readonly setting: (name: string) => string | undefined;
  /**
   * This machine's network with the routes concerned; where it is left out, the warnings say nothing about the
   * network.
   */
  readonly network?: NetworkFacts | undefined;
}

/** The context where the service exists both before and after. */
interface EditContext extends WarningContext {
  readonly was: Service;
  readonly will: Service;
}

/**
 * The warnings of one rule, as sentences. Those marked `interrupts` lose new or established connections, so that the
 * operator is asked first.
 */
type Warnings = Generator<string | { readonly interrupts: string }, void, void>;

/**
 * If the others have at least this many connections on average, a new real server under a least-connection scheduler
 * gets so many at once that a warning is due.
 */
const floodFrom = 100;

/** What was found about some steps. */
export interface Judgement {
  readonly warnings: readonly string[];
  /** Whether clients lose connections by the steps. */
  readonly interrupts: boolean;
  /** What in the present state of the network speaks against the steps. */
  readonly doubts: readonly NetworkDoubt[];
}

/** What an operator should know before the steps are done, and whether clients lose connections by them. */
export function planWarnings(context: WarningContext): Judgement {
  const { network, steps } = context;
  if (steps.length === 0) return { warnings: [], interrupts: false, doubts: [] };
  const found = rules.flatMap((rule) => [...rule(context)]);
  return {
    warnings: [
      ...new Set(found.map((warning) => (typeof warning === 'string' ? warning : warning.interrupts))),
    ],
    interrupts: found.some((warning) => typeof warning !== 'string'),
    doubts: network === undefined ? [] : networkDoubts(steps, network),
  };
}

const rules: readonly ((context: WarningContext) => Warnings)[] = [
  ofEdit(nobodyLeft),
  ofEdit(hashedClientsRejected),
  ofEdit(hashedClientsMove),
  ofEdit(persistentClientsStay),
  connectionsDropped,
  ofEdit(schedulerGap),
  ofEdit(persistenceChanges),
  engineWithoutPersistence,
  ofEdit(newServerFlooded),
  connectionsKeepMode,
  routeShared,
  modeDemanded,
  onePacketOneWay,
  portIgnored,
];

/** Applies a rule only to services that exist before and after. */
function ofEdit(rule: (context: EditContext) => Warnings): (context: WarningContext) => Warnings {
  return function* (context) {
    const [was, will] = [context.before.service, context.after.service];
    if (was !== undefined && will !== undefined) yield* rule({ ...context, was, will });
  };
}

/** Without a candidate every scheduler rejects (`ip_vs_schedule` in `net/netfilter/ipvs/ip_vs_core.c`). */
function* nobodyLeft({ before, after, will, setting }: EditContext): Warnings {
  if (!hasCandidate(before) || hasCandidate(after)) return;
  const areHeld = will.persistence !== null && setting('expire_quiescent_template') !== '1';
  const held = areHeld ? ', but of clients whom persistence holds' : '';
  yield {
    interrupts: `no real server of ${formatService(will.identity)} is left with a weight: every new connection is rejected${held}`,
  };
}

/**
 * A real server at weight 0 keeps its places in the hash table (`ip_vs_sh.c`, `ip_vs_dh.c`; `ip_vs_mh.c` by
 * `last_weight`).
 */
function* hashedClientsRejected({ before, after, was, will }: EditContext): Warnings {
  if (!rejectsUnavailable(will)) return;
  const scheduler = visible(will.scheduler);
  const fallback = findScheduler(will.scheduler)?.flags.find((flag) => flag.bit === 1)?.name;
  const hint = fallback === undefined ? '' : `; the flag ${fallback} would send them to others`;
  for (const key of quiesced(after)) {
    if (rejectsUnavailable(was) && isQuiesced(before, key)) continue;
    yield {
      interrupts: `${scheduler} goes on hashing a share of the clients to ${key}, which rejects them at weight 0${hint}`,
    };
  }
}

/** sh and dh rebuild their hash table at each change, which moves many; mh moves few. */
function* hashedClientsMove({ before, after, was, will: { scheduler } }: EditContext): Warnings {
  if ((scheduler !== 'sh' && scheduler !== 'dh') || was.scheduler !== scheduler) return;
  const places = ({ realServers }: Picture) =>
    [...realServers]
      .map(([key, { realServer }]) => (scheduler === 'sh' ? `${key} ${realServer.weight}` : key))
      .sort()
      .join();
  if (before.realServers.size === 0 || places(before) === places(after)) return;
  yield `${scheduler} fills its table anew: many ${scheduler === 'sh' ? 'clients' : 'destinations'} get another real server for their new connections`;
}

function* persistentClientsStay({ before, after, will: { persistence }, setting }: EditContext): Warnings {
  if (persistence === null || setting('expire_quiescent_template') === '1') return;
  for (const key of quiesced(after)) {
    if (!before.realServers.has(key) || isQuiesced(before, key)) continue;
    yield `persistence keeps clients coming to ${key} at weight 0 that visit it within ${persistence.timeout} s, or have a connection to it that is not forgotten yet, since expire_quiescent_template=0`;
  }
}

/** What happens to connections without their real server: `ip_vs_in` in `ip_vs_core.c`. */
function* connectionsDropped({ before, after, steps, setting }: WarningContext): Warnings {
  if (before.service === undefined) return;
  const deleted = steps.filter((step) => step.kind === 'delete real server');
  const losing = deleted.filter(({ connections }) => connections.active + connections.inactive > 0);
  const lost =
    after.service === undefined ? [...before.realServers.values()] : losing.map((step) => step.connections);
  const connections = lost.reduce((sum, { active, inactive }) => sum + active + inactive, 0);
  if (connections === 0) return;
  const [only, ...others] = losing;
  const owner =
    only === undefined
      ? formatService(before.service.identity)
      : others.length === 0
        ? formatRealServer(only.before.identity)
        : count(losing.length, 'real server');
  const ends =
    setting('expire_nodest_conn') === '1'
      ? 'end with their next packet (expire_nodest_conn=1)'
      : 'are silently dropped: their clients hang until they time out (expire_nodest_conn=0)';
  const advice = `; drain ${only === undefined || others.length > 0 ? 'them' : 'it'} first to spare the clients`;
  yield { interrupts: `the ${count(connections, 'connection')} of ${owner} ${ends}${advice}` };
}

/** `ip_vs_edit_service` in `ip_vs_ctl.c` unbinds the old scheduler before it binds the new one. */
function* schedulerGap({ was, will }: EditContext): Warnings {
  if (was.scheduler !== will.scheduler)
    yield 'for a moment no scheduler is bound, and connections that begin in it are rejected; established ones keep their real server';
}

function* persistenceChanges({ was, will }: EditContext): Warnings {
  if (was.persistence === null) return;
  if (will.persistence === null) yield 'clients lose their hold on the real server that they were sent to';
  else if (was.persistence.netmask !== will.persistence.netmask)
    yield 'with another mask clients are grouped anew, and may be sent to another real server';
}

/** Persistence engines are used in `ip_vs_sched_persist` only (`net/netfilter/ipvs/ip_vs_core.c`). */
function* engineWithoutPersistence({ before, after }: WarningContext): Warnings {
  const lacks = (service: Service | undefined) => service?.engine != null && service.persistence === null;
  if (lacks(after.service) && !lacks(before.service))
    yield `the engine ${visible(after.service?.engine ?? '')} does nothing without persistence`;
}

function* newServerFlooded({ before, will: { scheduler }, steps }: EditContext): Warnings {
  if (scheduler !== 'lc' && scheduler !== 'wlc' && scheduler !== 'sed' && scheduler !== 'nq') return;
  const { size } = before.realServers;
  const active = before.realServers.values().reduce((sum, server) => sum + server.active, 0);
  const average = Math.round(active / size);
  if (size === 0 || average < floodFrom || steps.some(({ kind }) => kind === 'delete real server')) return;
  for (const step of steps) {
    if (step.kind !== 'add real server' || step.after.weight === 0) continue;
    yield `${formatRealServer(step.after.identity)} begins with no connections, unless it was in this service lately, where the others have ${average} on average, so ${scheduler} sends it nearly all new ones; ${floodAdvice(before)}`;
  }
}

/**
 * A server without connections is preferred at any weight, so starting at a low weight helps only if it is below the
 * others': weight 1 has none below.
 */
function floodAdvice({ realServers }: Picture): string {
  const greatest = Math.max(...realServers.values().map(({ realServer }) => realServer.weight));
  return greatest > 1
    ? 'begin with a low weight and raise it in steps, or give it an upper threshold for a time'
    : 'the weights are 1, below which there is none: give it an upper threshold for a time';
}

/**
 * With one-packet scheduling the kernel keeps no connection by which it could recognise an answer (`ip_vs_conn_hash`
 * in `ip_vs_conn.c`).
 */
function* onePacketOneWay({ before, after }: WarningContext): Warnings {
  const already = oneWay(before);
  const found = [...oneWay(after)].filter((key) => !already.has(key));
  if (found.length === 0) return;
  yield `one-packet scheduling under NAT is one way: answers of ${found.length === 1 ? found[0] : count(found.length, 'real server')} leave with the real server's own address, and most clients do not take them; choose DR or TUN, or leave one-packet out`;
}

function oneWay({ service, realServers }: Picture): ReadonlySet<string> {
  if (service?.onePacket !== true) return new Set();
  // One-packet scheduling applies to UDP only (`ip_vs_schedule` in `ip_vs_core.c`).
  if (service.identity.kind === 'address' && service.identity.protocol !== 'udp') return new Set();
  return new Set(
    [...realServers].filter(([, { realServer }]) => realServer.forwarding === 'nat').map(([key]) => key),
  );
}

/** A connection keeps the forwarding method that it was bound with (`ip_vs_bind_dest` in `ip_vs_conn.c`). */
function* connectionsKeepMode({ before, steps }: WarningContext): Warnings {
  let [active, inactive] = [0, 0];
  for (const step of steps) {
    if (step.kind !== 'set real server' || step.before.forwarding === step.after.forwarding) continue;
    const now = before.realServers.get(formatRealServer(step.before.identity));
    active += now?.active ?? 0;
    inactive += now?.inactive ?? 0;
  }
  if (active + inactive > 0)
    yield `${active} active and ${inactive} inactive connections keep the forwarding method that they began with; only new ones change`;
}

/**
 * Connections under DR and under another mode share the one route that the kernel keeps for a real server; see
 * `nextHopRoute`.
 */
function* routeShared({ before, steps, network }: WarningContext): Warnings {
  const sharing = new Map<string, NextHopRoute | undefined>();
  let isToDr = false;
  for (const step of steps) {
    if (step.kind !== 'set real server') continue;
    const { before: was, after: will } = step;
    if ((was.forwarding === 'dr') === (will.forwarding === 'dr')) continue;
    const now = before.realServers.get(formatRealServer(was.identity));
    if (now === undefined || now.active + now.inactive === 0) continue;
    const { address } = was.identity;
    const route = network?.routes.get(address);
    const remedy = nextHopRoute(address, route);
    if (remedy === undefined && route !== undefined) continue;
    sharing.set(address, remedy);
    isToDr = will.forwarding === 'dr';
  }
  const [first, ...others] = sharing;
  if (first === undefined) return;
  const [address, remedy] = first;
  const losing = isToDr ? 'new clients' : 'clients from before';
  const way =
    others.length > 0
      ? 'drain them first, or before it make the routes that are named for the director'
      : remedy === undefined
        ? 'drain it first'
        : `drain it first, or before it type "${remedy.add}"`;
  yield {
    interrupts: `DR and other modes share the route that the kernel keeps for ${address}${others.length === 0 ? '' : ` and ${others.length} more`}, so ${losing} may get "host unreachable" while there are connections of both; ${way}`,
  };
}

function* modeDemanded({ before, steps }: WarningContext): Warnings {
  const present = new Set(before.realServers.values().map(({ realServer }) => realServer.forwarding));
  for (const step of steps) {
    if (step.kind !== 'set real server' && step.kind !== 'add real server') continue;
    const { forwarding } = step.after;
    const isNew =
      step.kind === 'set real server' ? step.before.forwarding !== forwarding : !present.has(forwarding);
    if (isNew && isForwardingMode(forwarding)) yield modeDemands[forwarding].summary;
  }
}

/**
 * Warns of a real server's port that the kernel does not use: TUN and DR never rewrite ports, and under persistence a
 * port is mapped only for packets to the service's own port, which firewall marks and port 0 do not have
 * (`ip_vs_sched_persist` in `net/netfilter/ipvs/ip_vs_core.c`).
 */
function* portIgnored({ after: { service }, steps }: WarningContext): Warnings {
  if (service === undefined || (service.identity.kind === 'address' && service.identity.port !== 0)) return;
  const isIgnored = ({ identity, forwarding }: RealServer) =>
    identity.port !== 0 && (service.persistence !== null || forwarding === 'tun' || forwarding === 'dr');
  for (const step of steps) {
    if (step.kind !== 'set real server' && step.kind !== 'add real server') continue;
    if (!isIgnored(step.after) || (step.kind === 'set real server' && isIgnored(step.before))) continue;
    const { identity, forwarding } = step.after;
    yield `port ${identity.port} of ${formatRealServer(identity)} is not used: ${forwarding === 'nat' ? 'persistence' : forwardingMethodLabel(forwarding)} keeps the port that the client called`;
  }
}

function hasCandidate({ realServers }: Picture): boolean {
  return realServers.values().some(({ realServer }) => realServer.weight > 0);
}

function isQuiesced({ realServers }: Picture, key: RealServerName): boolean {
  return realServers.get(key)?.realServer.weight === 0;
}

function quiesced(picture: Picture): RealServerName[] {
  return [...picture.realServers.keys()].filter((key) => isQuiesced(picture, key));
}
