import { modeDemands } from '../forwarding/mode-demands.ts';
import type { NetworkFacts } from '../forwarding/network-facts.ts';
import { type NextHopRoute, nextHopRoute } from '../forwarding/next-hop-route.ts';
import { forwardingMethodLabel, isForwardingMode } from '../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../ipvs/identity.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import { findScheduler, rejectsUnavailable } from '../ipvs/scheduler.ts';
import type { Service } from '../ipvs/service.ts';
import { visible } from '../ipvs/visible.ts';
import { count } from './describe.ts';
import { type NetworkDoubt, networkDoubts } from './network-doubts.ts';
import type { Step } from './plan.ts';
import { ChangingService, type ServiceState } from './table-state.ts';

/** What the warnings look at: the service before and after, and how the kernel is set. */
export interface WarningContext {
  readonly before: ServiceState | undefined;
  readonly after: ServiceState | undefined;
  readonly steps: readonly Step[];
  /** Value of `/proc/sys/net/ipv4/vs/NAME`. */
  readonly setting: (name: string) => string | undefined;
  /** This machine's network with the routes concerned; nothing is said of it where it is left out. */
  readonly network?: NetworkFacts | undefined;
}

interface Warning {
  readonly sentence: string;
  /** New or established connections are lost, so that the operator is asked first. */
  readonly interrupts?: boolean;
}

/**
 * Connections of the others on average, from which on a new real server under a least-connection scheduler
 * gets so many at once that it is worth a warning.
 */
const floodFrom = 100;

/** What an operator should know before the steps are done, and whether clients lose something by them. */
export function planWarnings(context: WarningContext): {
  readonly warnings: readonly string[];
  readonly interrupts: boolean;
  /** What of the network, as it is just now, speaks against it. */
  readonly doubts: readonly NetworkDoubt[];
} {
  if (context.steps.length === 0) return { warnings: [], interrupts: false, doubts: [] };
  const found = rules.flatMap((rule) => rule(context));
  const { network, steps } = context;
  return {
    warnings: [...new Set(found.map((warning) => warning.sentence))],
    interrupts: found.some((warning) => warning.interrupts === true),
    doubts: network === undefined ? [] : networkDoubts(steps, network),
  };
}

const rules: readonly ((context: WarningContext) => Warning[])[] = [
  nobodyLeft,
  hashedClientsRejected,
  hashedClientsMove,
  persistentClientsStay,
  connectionsDropped,
  schedulerGap,
  persistenceChanges,
  engineWithoutPersistence,
  newServerFlooded,
  connectionsKeepMode,
  routeShared,
  modeDemanded,
  onePacketOneWay,
  portIgnored,
];

/** Without a candidate every scheduler rejects (`ip_vs_schedule` in `net/netfilter/ipvs/ip_vs_core.c`). */
function nobodyLeft({ before, after }: WarningContext): Warning[] {
  if (before === undefined || after === undefined) return [];
  if (!hasCandidate(before) || hasCandidate(after)) return [];
  return [
    {
      sentence: `no real server of ${name(after.service)} is left with a weight: every new connection is rejected`,
      interrupts: true,
    },
  ];
}

/** A weight of 0 keeps its places in the hash table (`ip_vs_sh.c`, `ip_vs_dh.c`, `ip_vs_mh.c` by `last_weight`). */
function hashedClientsRejected({ before, after }: WarningContext): Warning[] {
  if (before === undefined || after === undefined || !rejectsUnavailable(after.service)) return [];
  const scheduler = visible(after.service.scheduler);
  const fallback = findScheduler(after.service.scheduler)?.flags.find((flag) => flag.bit === 1)?.name;
  const rejectedBefore = rejectsUnavailable(before.service) ? quiesced(before) : new Set<string>();
  return [...quiesced(after)]
    .filter((key) => !rejectedBefore.has(key))
    .map((key) => ({
      sentence: `${scheduler} goes on hashing a share of the clients to ${key}, which rejects them at weight 0${fallback === undefined ? '' : `; the flag ${fallback} would send them to others`}`,
      interrupts: true,
    }));
}

/** sh and dh fill their table anew at each change; mh moves few. */
function hashedClientsMove({ before, after }: WarningContext): Warning[] {
  if (before === undefined || after === undefined) return [];
  const { scheduler } = after.service;
  if ((scheduler !== 'sh' && scheduler !== 'dh') || before.service.scheduler !== scheduler) return [];
  const places = ({ realServers }: ServiceState) =>
    realServers
      .map(({ realServer: { identity, weight } }) =>
        scheduler === 'sh' ? `${formatRealServer(identity)} ${weight}` : formatRealServer(identity),
      )
      .sort()
      .join();
  if (before.realServers.length === 0 || places(before) === places(after)) return [];
  return [
    {
      sentence: `${scheduler} fills its table anew: many ${scheduler === 'sh' ? 'clients' : 'destinations'} get another real server for their new connections`,
    },
  ];
}

function persistentClientsStay({ before, after, setting }: WarningContext): Warning[] {
  const persistence = after?.service.persistence;
  if (before === undefined || after === undefined || persistence == null) return [];
  if (setting('expire_quiescent_template') === '1') return [];
  const already = quiesced(before);
  const present = keysOf(before);
  return [...quiesced(after)]
    .filter((key) => !already.has(key) && present.has(key))
    .map((key) => ({
      sentence: `persistence keeps clients coming to ${key} at weight 0 that visit it within ${persistence.timeout} s, or have a connection to it that is not forgotten yet, since expire_quiescent_template=0`,
    }));
}

/** What happens to connections without their real server: `ip_vs_in` in `ip_vs_core.c`. */
function connectionsDropped({ before, after, steps, setting }: WarningContext): Warning[] {
  const deleted = steps.filter((step) => step.kind === 'delete real server');
  const losing = deleted.filter((step) => step.connections.active + step.connections.inactive > 0);
  const connections =
    before !== undefined && after === undefined
      ? before.realServers.reduce((sum, { active, inactive }) => sum + active + inactive, 0)
      : losing.reduce((sum, step) => sum + step.connections.active + step.connections.inactive, 0);
  if (before === undefined || connections === 0) return [];
  const [only, ...others] = losing;
  const owner =
    only === undefined
      ? name(before.service)
      : others.length === 0
        ? formatRealServer(only.before.identity)
        : count(losing.length, 'real server');
  const ends =
    setting('expire_nodest_conn') === '1'
      ? 'end with their next packet (expire_nodest_conn=1)'
      : 'are silently dropped: their clients hang until they time out (expire_nodest_conn=0)';
  const advice = `; drain ${only === undefined || others.length > 0 ? 'them' : 'it'} first to spare the clients`;
  return [
    { sentence: `the ${count(connections, 'connection')} of ${owner} ${ends}${advice}`, interrupts: true },
  ];
}

/** `ip_vs_edit_service` in `ip_vs_ctl.c` unbinds the old scheduler before it binds the new one. */
function schedulerGap({ before, after }: WarningContext): Warning[] {
  if (before === undefined || after === undefined) return [];
  return before.service.scheduler === after.service.scheduler
    ? []
    : [
        {
          sentence:
            'for a moment no scheduler is bound, and connections that begin in it are rejected; established ones keep their real server',
        },
      ];
}

function persistenceChanges({ before, after }: WarningContext): Warning[] {
  const was = before?.service.persistence;
  const will = after?.service.persistence;
  if (before === undefined || after === undefined || was == null) return [];
  if (will == null) {
    return [{ sentence: 'clients lose their hold on the real server that they were sent to' }];
  }
  return was.netmask === will.netmask
    ? []
    : [{ sentence: 'with another mask clients are grouped anew, and may be sent to another real server' }];
}

/** Engines are asked in `ip_vs_sched_persist` only (`net/netfilter/ipvs/ip_vs_core.c`). */
function engineWithoutPersistence({ before, after }: WarningContext): Warning[] {
  const lacks = (service: Service | undefined) => service?.engine != null && service.persistence === null;
  return lacks(after?.service) && !lacks(before?.service)
    ? [{ sentence: `the engine ${visible(after?.service.engine ?? '')} does nothing without persistence` }]
    : [];
}

function newServerFlooded({ before, after, steps }: WarningContext): Warning[] {
  if (before === undefined || after === undefined || before.realServers.length === 0) return [];
  const { scheduler } = after.service;
  if (scheduler !== 'lc' && scheduler !== 'wlc' && scheduler !== 'sed' && scheduler !== 'nq') return [];
  const active = before.realServers.reduce((sum, server) => sum + server.active, 0);
  const average = Math.round(active / before.realServers.length);
  if (average < floodFrom || steps.some((step) => step.kind === 'delete real server')) return [];
  return steps
    .filter((step) => step.kind === 'add real server')
    .filter((step) => step.after.weight > 0)
    .map((step) => ({
      sentence: `${formatRealServer(step.after.identity)} begins with no connections where the others have ${average} on average, so ${scheduler} sends it nearly all new ones; ${floodAdvice(before)}`,
    }));
}

/** An empty server is preferred at any weight, and below 1 there is none. */
function floodAdvice({ realServers }: ServiceState): string {
  const greatest = Math.max(...realServers.map(({ realServer }) => realServer.weight));
  return greatest > 1
    ? 'begin with a low weight and raise it in steps, or give it an upper threshold for a time'
    : 'the weights are 1, below which there is none: give it an upper threshold for a time';
}

/** Nothing is remembered of a datagram that an answer could be known by (`ip_vs_conn_hash` in `ip_vs_conn.c`). */
function onePacketOneWay({ before, after }: WarningContext): Warning[] {
  const oneWay = (state: ServiceState | undefined) =>
    new Set(
      state?.service.onePacket === true
        ? state.realServers
            .filter(({ realServer }) => realServer.forwarding === 'nat')
            .map(({ realServer }) => formatRealServer(realServer.identity))
        : [],
    );
  const already = oneWay(before);
  const found = [...oneWay(after)].filter((key) => !already.has(key));
  if (found.length === 0) return [];
  return [
    {
      sentence: `one-packet scheduling under NAT is one way: answers of ${found.length === 1 ? found[0] : count(found.length, 'real server')} leave with the real server's own address, and clients do not take them; choose DR or TUN, or leave one-packet out`,
    },
  ];
}

/** A connection keeps the method that it was bound with (`ip_vs_bind_dest` in `ip_vs_conn.c`). */
function connectionsKeepMode({ before, steps }: WarningContext): Warning[] {
  const switched = steps
    .filter((step) => step.kind === 'set real server')
    .filter((step) => step.before.forwarding !== step.after.forwarding);
  if (switched.length === 0) return [];
  const present = new ChangingService(before);
  let active = 0;
  let inactive = 0;
  for (const step of switched) {
    const now = present.find(step.before.identity);
    active += now?.active ?? 0;
    inactive += now?.inactive ?? 0;
  }
  return active + inactive === 0
    ? []
    : [
        {
          sentence: `${active} active and ${inactive} inactive connections keep the forwarding method that they began with; only new ones change`,
        },
      ];
}

/** Connections of DR and of another mode share the route that the kernel keeps of a real server: see `nextHopRoute`. */
function routeShared({ before, steps, network }: WarningContext): Warning[] {
  const sharing = new Map<string, NextHopRoute | undefined>();
  let present: ChangingService | undefined;
  let isToDr = false;
  for (const step of steps) {
    if (step.kind !== 'set real server') continue;
    const { before: was, after: will } = step;
    if ((was.forwarding === 'dr') === (will.forwarding === 'dr')) continue;
    present ??= new ChangingService(before);
    const now = present.find(was.identity);
    if (now === undefined || now.active + now.inactive === 0) continue;
    const { address } = was.identity;
    const route = network?.routes.get(address);
    const remedy = nextHopRoute(address, route);
    if (remedy === undefined && route !== undefined) continue;
    sharing.set(address, remedy);
    isToDr = will.forwarding === 'dr';
  }
  const [first, ...others] = sharing;
  if (first === undefined) return [];
  const [address, remedy] = first;
  const losing = isToDr ? 'new clients' : 'clients from before';
  const way =
    others.length > 0
      ? 'drain them first, or before it make the routes that are named for the director'
      : remedy === undefined
        ? 'drain it first'
        : `drain it first, or before it type "${remedy.add}"`;
  return [
    {
      sentence: `DR and other modes share the route that the kernel keeps for ${address}${others.length === 0 ? '' : ` and ${others.length} more`}, so ${losing} may get "host unreachable" while there are connections of both; ${way}`,
      interrupts: true,
    },
  ];
}

function modeDemanded({ before, steps }: WarningContext): Warning[] {
  const present = new Set(before?.realServers.map(({ realServer }) => realServer.forwarding));
  return steps.flatMap((step) => {
    const mode =
      step.kind === 'set real server' && step.before.forwarding !== step.after.forwarding
        ? step.after.forwarding
        : step.kind === 'add real server' && !present.has(step.after.forwarding)
          ? step.after.forwarding
          : undefined;
    return mode !== undefined && isForwardingMode(mode) ? [{ sentence: modeDemands[mode].summary }] : [];
  });
}

/**
 * Where a port stands in the table and the kernel does not use it: TUN and DR never rewrite one, and under
 * persistence a port is mapped only for packets to the service's own port, which firewall marks and port 0 do
 * not have (`ip_vs_sched_persist` in `net/netfilter/ipvs/ip_vs_core.c`).
 */
function portIgnored({ after, steps }: WarningContext): Warning[] {
  if (after === undefined) return [];
  const { identity, persistence } = after.service;
  const hasOwnPort = identity.kind === 'address' && identity.port !== 0;
  if (hasOwnPort) return [];
  return steps
    .filter((step) => step.kind === 'add real server' || step.kind === 'set real server')
    .filter((step) => isIgnored(step.after, persistence !== null))
    .filter((step) => step.kind === 'add real server' || !isIgnored(step.before, persistence !== null))
    .map(({ after: { identity: server, forwarding } }) => ({
      sentence: `port ${server.port} of ${formatRealServer(server)} is not used: ${forwarding === 'nat' ? 'persistence' : forwardingMethodLabel(forwarding)} keeps the port that the client called`,
    }));
}

function isIgnored({ identity, forwarding }: RealServer, persistent: boolean): boolean {
  return identity.port !== 0 && (persistent || forwarding === 'tun' || forwarding === 'dr');
}

function hasCandidate({ realServers }: ServiceState): boolean {
  return realServers.some(({ realServer }) => realServer.weight > 0);
}

function quiesced({ realServers }: ServiceState): Set<string> {
  return new Set(
    realServers
      .filter(({ realServer }) => realServer.weight === 0)
      .map(({ realServer }) => formatRealServer(realServer.identity)),
  );
}

function keysOf({ realServers }: ServiceState): Set<string> {
  return new Set(realServers.map(({ realServer }) => formatRealServer(realServer.identity)));
}

function name(service: Service): string {
  return formatService(service.identity);
}
