import { describeService } from '../changes/steps/describe.ts';
import { allRealServers, type Director } from '../director/director.ts';
import { formatRealServer, formatService, parseService } from '../ipvs/identity.ts';
import type { Forecast } from './forecast.ts';
import { countText, percentText } from './numbers.ts';

/** What was foretold of a change for one service, and what was seen when the time had passed. */
export interface ForetoldChange {
  /** The change's name in the journal. */
  readonly id: string;
  /** `formatService` of the service. */
  readonly service: string;
  /** When it was made, milliseconds since the epoch, and for how many seconds it was run forward. */
  readonly time: number;
  readonly seconds: number;
  /** The service and its real servers as the change left them, in words: whether somebody has changed them since. */
  readonly settings: string;
  readonly servers: readonly {
    readonly name: string;
    /** Foretold share of the new connections, 0 to 1, and active connections at the end. */
    readonly share: number;
    readonly active: number;
    /** New connections that it had been given when the change was made. */
    readonly given: number;
  }[];
  /** `null` while the time has not passed. */
  readonly seen: SeenChange | null;
}

/** What was seen when the time had passed, or why nothing can be said. */
export type SeenChange =
  | {
      readonly kind: 'compared';
      readonly servers: readonly { readonly name: string; readonly share: number; readonly active: number }[];
    }
  | { readonly kind: 'not compared'; readonly reason: string };

/** How far a foresight was off. */
export interface ForesightError {
  /** The share that was off most, 0 to 1. */
  readonly share: number;
  /** Active connections that were off, of all that were seen; 0 to 1 and beyond. */
  readonly active: number;
}

/** Notes what was foretold of a change that was just made. Throws the director's `IpvsError`. */
export function notedChanges(
  director: Director,
  id: string,
  forecasts: readonly Forecast[],
  time: number,
): ForetoldChange[] {
  return forecasts.flatMap((forecast) => {
    const service = formatService(forecast.service.identity);
    const present = readService(director, service);
    if (present === undefined || forecast.arrivals === 0) return [];
    const servers = forecast.servers.flatMap(({ after, with: outlook }) => {
      const name = after === null ? null : formatRealServer(after.identity);
      const given = name === null ? undefined : present.servers.get(name)?.given;
      if (name === null || outlook === null || given === undefined) return [];
      return [{ name, share: outlook.share?.mean ?? 0, active: outlook.active.mean, given }];
    });
    return [
      { id, service, time, seconds: forecast.seconds, settings: present.settings, servers, seen: null },
    ];
  });
}

/** Whether the time of a change has passed. */
export function isDue({ time, seconds }: ForetoldChange, now: number): boolean {
  return now >= time + seconds * 1000;
}

/** The change with what is seen now; as it is where its time has not passed, or it was compared. Throws the director's `IpvsError`. */
export function comparedChange(director: Director, change: ForetoldChange, now: number): ForetoldChange {
  if (change.seen !== null || !isDue(change, now)) return change;
  // Later, other connections are there.
  if (now > change.time + change.seconds * 1500)
    return { ...change, seen: notCompared('nobody looked at the time') };
  return { ...change, seen: seenNow(director, change) };
}

function seenNow(director: Director, { service, settings, servers }: ForetoldChange): SeenChange {
  const present = readService(director, service);
  if (present?.settings !== settings) return notCompared('the service was changed meanwhile');
  const rows = servers.map(({ name, given }) => {
    const row = present.servers.get(name);
    return { name, given: (row?.given ?? 0) - given, active: row?.active ?? 0 };
  });
  if (rows.some(({ given }) => given < 0)) return notCompared('its counters were zeroed meanwhile');
  const all = rows.reduce((sum, { given }) => sum + given, 0);
  if (all === 0) return notCompared('no new connections came');
  return {
    kind: 'compared',
    servers: rows.map(({ name, given, active }) => ({ name, share: given / all, active })),
  };
}

function notCompared(reason: string): SeenChange {
  return { kind: 'not compared', reason };
}

/** How far what was foretold was off; `null` where it was not compared. */
export function foresightError({ servers, seen }: ForetoldChange): ForesightError | null {
  if (seen?.kind !== 'compared') return null;
  const found = new Map(seen.servers.map((server) => [server.name, server]));
  let share = 0;
  let off = 0;
  let active = 0;
  for (const server of servers) {
    const row = found.get(server.name);
    if (row === undefined) continue;
    share = Math.max(share, Math.abs(row.share - server.share));
    off += Math.abs(row.active - server.active);
    active += row.active;
  }
  return { share, active: off / Math.max(1, active) };
}

/** How a foresight went, as lines: one in short, and one for each real server. */
export function foretoldLines(change: ForetoldChange): string[] {
  const { seen, seconds, servers } = change;
  const head = `foretold for ${Math.round(seconds / 6) / 10} min`;
  if (seen === null) return [`${head}: not compared yet`];
  if (seen.kind === 'not compared') return [`${head}, not compared: ${seen.reason}`];
  const error = foresightError(change);
  const rows = new Map(seen.servers.map((server) => [server.name, server]));
  return [
    ...(error === null
      ? []
      : [
          `${head}: shares were off by ${percentText(error.share)} at most, active connections by ${percentText(error.active)}`,
        ]),
    ...servers.flatMap(({ name, share, active }) => {
      const row = rows.get(name);
      return row === undefined
        ? []
        : [
            `  ${name}  share ${percentText(share)}, seen ${percentText(row.share)}; active ${countText(active)}, seen ${countText(row.active)}`,
          ];
    }),
  ];
}

function readService(director: Director, key: string) {
  const identity = parseService(key);
  const service = director.findService(identity)?.service;
  if (service === undefined) return undefined;
  const entries = allRealServers(director, identity);
  const rows = entries.map(
    ({ realServer: { identity: own, weight, upperThreshold, lowerThreshold, forwarding } }) =>
      `${formatRealServer(own)} ${forwarding} ${weight} ${upperThreshold} ${lowerThreshold}`,
  );
  return {
    settings: [describeService(service), ...rows.sort()].join('; '),
    servers: new Map<string, { active: number; given: number }>(
      entries.map(({ realServer, active, counters }) => [
        formatRealServer(realServer.identity),
        { active, given: Number(counters.connections) },
      ]),
    ),
  };
}
