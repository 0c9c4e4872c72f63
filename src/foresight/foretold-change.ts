import { describeService } from '../changes/steps/describe.ts';
import { allRealServers, type Director } from '../director/director.ts';
import { formatRealServer, formatService, parseService } from '../ipvs/identity.ts';
import type { Forecast } from './forecast.ts';
import { countText, percentText } from './numbers.ts';

/** What was forecast for a change to one service, and what was seen when the time was up. */
export interface ForetoldChange {
  /** The id of the change in the journal. */
  readonly id: string;
  /** `formatService` of the service. */
  readonly service: string;
  /** When the change was made, milliseconds since the epoch, and for how many seconds it was run forward. */
  readonly time: number;
  readonly seconds: number;
  /**
   * The settings of the service and its real servers as the change left them, in words. Differing words later show
   * that somebody has changed them.
   */
  readonly settings: string;
  readonly servers: readonly {
    readonly name: string;
    /** Forecast share of new connections, 0 to 1, and forecast active connections at the end. */
    readonly share: number;
    readonly active: number;
    /** The real server's connection counter when the change was made. */
    readonly given: number;
  }[];
  /** `null` until the time is up and it has been compared. */
  readonly seen: SeenChange | null;
}

/** What was seen when the time was up, or why nothing can be said. */
export type SeenChange =
  | {
      readonly kind: 'compared';
      readonly servers: readonly { readonly name: string; readonly share: number; readonly active: number }[];
    }
  | { readonly kind: 'not compared'; readonly reason: string };

/** How far a forecast was off. */
export interface ForesightError {
  /** The greatest error of a real server's share, 0 to 1. */
  readonly share: number;
  /** Sum of the errors in active connections, relative to all that were seen; can exceed 1. */
  readonly active: number;
}

/** Notes the forecasts for a change that was just made. Throws the director's `IpvsError`. */
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

/** Whether the forecast time of a change is up. */
export function isDue({ time, seconds }: ForetoldChange, now: number): boolean {
  return now >= time + seconds * 1000;
}

/**
 * The change compared with what is seen now; unchanged if its time is not up, or it was judged before. Throws the
 * director's `IpvsError`.
 */
export function comparedChange(director: Director, change: ForetoldChange, now: number): ForetoldChange {
  if (change.seen !== null || !isDue(change, now)) return change;
  // Half the time again too late, other connections are there.
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

/** How far the forecast was off; `null` where it was not compared. */
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

/** How a forecast did, as lines of text: a summary, and one line for each real server. */
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
