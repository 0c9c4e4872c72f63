/** What a scheduler does with the weight of a real server. */
export type WeightUse =
  /** Shares follow the weights. */
  | 'share'
  /** Only whether it is 0 matters. */
  | 'zero-only'
  /** Order of preference. */
  | 'preference'
  /** Bound on connections. */
  | 'bound';

/** What a real server of weight 0 or over its threshold means for the clients that would go to it. */
export type UnavailableClients =
  /** The others take them. */
  | 'others'
  /** They are rejected unless the fallback flag is set. */
  | 'rejected-unless-fallback'
  /** They are rejected, there is no flag against it. */
  | 'rejected';

/**
 * What share of the new connections a real server should get in the long run, when connections last equally long: in
 * proportion to the weights, all alike, everything to the highest weight, or unknown.
 */
export type DueShare = 'weights' | 'alike' | 'highest' | 'unknown';

/** A flag of a scheduler, as ipvsadm's `-b` names it. */
export interface SchedulerFlag {
  /** Bit in `schedulerFlags`: 1, 2 or 4. */
  readonly bit: number;
  readonly name: string;
  readonly meaning: string;
}

/** What lvstop knows of a scheduler. */
export interface Scheduler {
  /** The module's name without `ip_vs_`. */
  readonly name: string;
  readonly longName: string;
  /** One line for the operator who chooses. */
  readonly meaning: string;
  readonly weight: WeightUse;
  /** Whether it looks at the connections that each real server has. */
  readonly looksAtConnections: boolean;
  readonly unavailable: UnavailableClients;
  readonly due: DueShare;
  readonly flags: readonly SchedulerFlag[];
}

/** Schedulers of the kernel (`net/netfilter/ipvs/ip_vs_*.c`), the common ones first. */
export const schedulers: readonly Scheduler[] = [
  {
    name: 'rr',
    longName: 'round robin',
    meaning: 'each in turn, whatever the weights (0 is left out)',
    weight: 'zero-only',
    looksAtConnections: false,
    unavailable: 'others',
    due: 'alike',
    flags: [],
  },
  {
    name: 'wrr',
    longName: 'weighted round robin',
    meaning: 'in turn, as often as the weights say',
    weight: 'share',
    looksAtConnections: false,
    unavailable: 'others',
    due: 'weights',
    flags: [],
  },
  {
    name: 'lc',
    longName: 'least connection',
    meaning: 'the one with fewest connections; for servers that are alike',
    weight: 'zero-only',
    looksAtConnections: true,
    unavailable: 'others',
    due: 'alike',
    flags: [],
  },
  {
    name: 'wlc',
    longName: 'weighted least connection',
    meaning: 'fewest connections for its weight; the usual choice',
    weight: 'share',
    looksAtConnections: true,
    unavailable: 'others',
    due: 'weights',
    flags: [],
  },
  {
    name: 'sed',
    longName: 'shortest expected delay',
    meaning: 'least (active + 1) for its weight; fills strong servers first',
    weight: 'share',
    looksAtConnections: true,
    unavailable: 'others',
    due: 'weights',
    flags: [],
  },
  {
    name: 'nq',
    longName: 'never queue',
    meaning: 'an idle server at once, else shortest expected delay',
    weight: 'share',
    looksAtConnections: true,
    unavailable: 'others',
    due: 'weights',
    flags: [],
  },
  {
    name: 'sh',
    longName: 'source hashing',
    meaning: 'the same client to the same server, by a table of 256 places',
    weight: 'share',
    looksAtConnections: false,
    unavailable: 'rejected-unless-fallback',
    due: 'weights',
    flags: [
      { bit: 1, name: 'sh-fallback', meaning: 'another server when the hashed one cannot take it' },
      { bit: 2, name: 'sh-port', meaning: "the client's port counts too" },
    ],
  },
  {
    name: 'mh',
    longName: 'Maglev hashing',
    meaning: 'the same client to the same server, few moves when servers change',
    weight: 'share',
    looksAtConnections: false,
    unavailable: 'rejected-unless-fallback',
    due: 'weights',
    flags: [
      { bit: 1, name: 'mh-fallback', meaning: 'another server when the hashed one cannot take it' },
      { bit: 2, name: 'mh-port', meaning: "the client's port counts too" },
    ],
  },
  {
    name: 'dh',
    longName: 'destination hashing',
    meaning: 'the same destination to the same server; for caches',
    weight: 'zero-only',
    looksAtConnections: false,
    unavailable: 'rejected',
    due: 'unknown',
    flags: [],
  },
  {
    name: 'lblc',
    longName: 'locality-based least connection',
    meaning: 'a destination keeps its server until that is overloaded; for caches',
    weight: 'share',
    looksAtConnections: true,
    unavailable: 'others',
    due: 'unknown',
    flags: [],
  },
  {
    name: 'lblcr',
    longName: 'locality-based least connection with replication',
    meaning: 'a destination keeps a set of servers that grows under load; for caches',
    weight: 'share',
    looksAtConnections: true,
    unavailable: 'others',
    due: 'unknown',
    flags: [],
  },
  {
    name: 'fo',
    longName: 'weighted failover',
    meaning: 'all to the highest weight that is available',
    weight: 'preference',
    looksAtConnections: false,
    unavailable: 'others',
    due: 'highest',
    flags: [],
  },
  {
    name: 'ovf',
    longName: 'weighted overflow',
    meaning: 'all to the highest weight until it has as many active connections as its weight',
    weight: 'bound',
    looksAtConnections: true,
    unavailable: 'others',
    due: 'unknown',
    flags: [],
  },
  {
    name: 'twos',
    longName: 'power of two choices',
    meaning: 'two at random by weight, the less loaded of them',
    weight: 'share',
    looksAtConnections: true,
    unavailable: 'others',
    due: 'weights',
    flags: [],
  },
];

const byName: ReadonlyMap<string, Scheduler> = new Map(
  schedulers.map((scheduler) => [scheduler.name, scheduler]),
);

/** The scheduler of that name, `undefined` for one that lvstop does not know (a module of the operator's own). */
export function findScheduler(name: string): Scheduler | undefined {
  return byName.get(name);
}

/**
 * Whether a client is rejected, and not given another real server, when the scheduler leads it to one at weight 0 or
 * over its threshold.
 */
export function rejectsUnavailable(service: {
  readonly scheduler: string;
  readonly schedulerFlags: number;
}): boolean {
  switch (findScheduler(service.scheduler)?.unavailable) {
    case 'rejected':
      return true;
    case 'rejected-unless-fallback':
      return (service.schedulerFlags & 1) === 0;
    default:
      return false;
  }
}

/** ipvsadm's names for scheduler flags that belong to no scheduler in particular. */
export const plainSchedulerFlags: readonly SchedulerFlag[] = [
  { bit: 1, name: 'flag-1', meaning: 'first flag of the scheduler' },
  { bit: 2, name: 'flag-2', meaning: 'second flag of the scheduler' },
  { bit: 4, name: 'flag-3', meaning: 'third flag of the scheduler' },
];

/** Names of the flags set, by the scheduler's own names where it has them: `['sh-fallback', 'flag-3']`. */
export function schedulerFlagNames(scheduler: string, flags: number): string[] {
  const own = findScheduler(scheduler)?.flags ?? [];
  return plainSchedulerFlags
    .filter((plain) => (flags & plain.bit) !== 0)
    .map((plain) => own.find((flag) => flag.bit === plain.bit)?.name ?? plain.name);
}
