import type { Load } from '../../formats/summary.ts';

/** What a query tells of each director. */
export type Told =
  | 'up'
  | 'scraped'
  | 'read'
  | 'info'
  | 'frozen'
  | 'services'
  | 'realServers'
  | 'active'
  | 'inactive'
  | 'connections'
  | 'inBytes'
  | 'outBytes'
  | 'looked'
  | 'findings'
  | 'hash'
  | 'changes'
  | 'vrrp';

/** Seconds within which changes are counted. */
export const changesWindow = 3600;

/** Seconds that a director is remembered for which Prometheus gets no answer from any more. */
export const memoryOfSilent = 86_400;

/** Which series are asked for, and how far back a rate looks. */
export interface QueryScope {
  /** Matchers of labels that each series has to meet, as PromQL has them: `job="lvstop"`; empty for all. */
  readonly matchers: string;
  /** Seconds. */
  readonly rateWindow: number;
}

/** The expressions: each gives one value a director, but for findings and VRRP instances, which give one for each. */
export function directorQueries({ matchers, rateWindow }: QueryScope): Readonly<Record<Told, string>> {
  const series = (name: string) => `lvstop_${name}{${matchers}}`;
  const rate = (name: string) => `rate(${series(`director_${name}_total`)}[${rateWindow}s])`;
  return {
    up: series('up'),
    scraped: `timestamp(${series('up')})`,
    read: series('reading_timestamp_seconds'),
    info: series('director_info'),
    frozen: series('counters_frozen'),
    services: series('services'),
    realServers: series('real_servers'),
    active: series('director_active_connections'),
    inactive: series('director_inactive_connections'),
    connections: rate('connections'),
    inBytes: rate('in_bytes'),
    outBytes: rate('out_bytes'),
    looked: series('findings_timestamp_seconds'),
    findings: series('findings'),
    hash: series('configuration_hash'),
    changes: `changes(${series('configuration_hash')}[${changesWindow}s])`,
    vrrp: series('vrrp_info'),
  };
}

/**
 * Queries for the load of directors as the sum over their services, for an exporter that does not tell it itself: one
 * of an older version, or one that cannot know it. Each goes through all services of a director.
 */
export function summedQueries({ matchers, rateWindow }: QueryScope): Readonly<Record<keyof Load, string>> {
  const series = (name: string) => `lvstop_service_${name}{${matchers}}`;
  const sum = (name: string) => `sum without (service) (${series(name)})`;
  const rate = (name: string) => `sum without (service) (rate(${series(`${name}_total`)}[${rateWindow}s]))`;
  return {
    active: sum('active_connections'),
    inactive: sum('inactive_connections'),
    connections: rate('connections'),
    inBytes: rate('in_bytes'),
    outBytes: rate('out_bytes'),
  };
}

/** Queries that are asked only now and then, since they go through a whole day. */
export function slowQueries(matchers: string): {
  readonly known: string;
  readonly lastRead: string;
  readonly scrapes: string;
} {
  const window = `[${memoryOfSilent}s]`;
  return {
    known: `last_over_time(lvstop_up{${matchers}}${window})`,
    lastRead: `last_over_time(lvstop_reading_timestamp_seconds{${matchers}}${window})`,
    scrapes: `count_over_time(lvstop_up{${matchers}}[${scrapesWindow}s])`,
  };
}

/** Seconds in which scrapes are counted. */
export const scrapesWindow = 600;

/** Queries for the services of single directors, which the matchers choose. */
export function serviceQueries({ matchers, rateWindow }: QueryScope) {
  const series = (name: string) => `lvstop_service_${name}{${matchers}}`;
  const rate = (name: string) => `rate(${series(`${name}_total`)}[${rateWindow}s])`;
  return {
    info: series('info'),
    realServers: series('real_servers'),
    withWeight: series('real_servers_with_weight'),
    active: series('active_connections'),
    inactive: series('inactive_connections'),
    connections: rate('connections'),
    inBytes: rate('in_bytes'),
    outBytes: rate('out_bytes'),
  } as const;
}
