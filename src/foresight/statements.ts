import { spanText } from '../changes/steps/describe.ts';
import { formatRealServer } from '../ipvs/identity.ts';
import { findScheduler, rejectsUnavailable } from '../ipvs/scheduler.ts';
import { dueShares } from '../sampling/due-shares.ts';
import { slices } from './course.ts';
import type { Forecast, ServerForecast, Spread } from './forecast.ts';
import { percentText, rateText } from './numbers.ts';

/**
 * One conclusion from a forecast, as a sentence with its numbers. It is a warning if operators would otherwise learn
 * it from an outage.
 */
export interface Statement {
  readonly kind:
    | 'no load'
    | 'rejected'
    | 'cold server'
    | 'full'
    | 'held'
    | 'empty'
    | 'not empty'
    | 'cut off'
    | 'more connections'
    | 'busy clients';
  readonly isWarning: boolean;
  readonly text: string;
}

/** All conclusions worth a sentence: rejected connections first, then those about each real server. */
export function statementsOf(forecast: Forecast): Statement[] {
  if (forecast.arrivals === 0) return [noLoad, ...forecast.servers.flatMap(cutOff)];
  return [
    ...rejected(forecast),
    ...forecast.servers.flatMap((server, place) => [
      ...coldServer(forecast, server, place),
      ...full(forecast, server),
      ...held(server),
      ...cutOff(server),
      ...emptied(forecast, server),
      ...moreConnections(forecast, server),
    ]),
    ...busyClients(forecast),
  ];
}

const noLoad: Statement = {
  kind: 'no load',
  isWarning: false,
  text: 'no new connections were seen: what the edit does to them cannot be foretold',
};

function rejected({ service, edited, rejected: part, arrivals, servers }: Forecast): Statement[] {
  if (part.with.mean < 0.005 || part.with.mean < part.without.mean * 1.1) return [];
  const before = part.without.mean < 0.005 ? '' : `, before it ${percentText(part.without.mean)}`;
  const much = `${percentText(part.with.mean)} of the new connections are rejected${before}, ${rateText(part.with.mean * arrivals)} a second`;
  const after = servers.flatMap((server) => (server.after === null ? [] : [server]));
  const closed = after.filter(
    ({ after: to, with: outlook }) => to?.weight === 0 || outlook?.fullAfter != null,
  );
  const warn = (why: string): Statement[] => [{ kind: 'rejected', isWarning: true, text: `${much}: ${why}` }];
  if (after.length === 0) return warn('no real server is left');
  if (after.every(({ after: to }) => to?.weight === 0)) return warn('all real servers are at weight 0');
  if (rejectsUnavailable(edited) && closed.length > 0) {
    const flag = findScheduler(edited.scheduler)?.flags.find(({ bit }) => bit === 1)?.name;
    return warn(
      `${edited.scheduler} goes on choosing ${namesOf(closed)}, ${closed.length === 1 ? 'which takes' : 'which take'} none${flag === undefined ? '' : `; its flag ${flag} sends them to another`}`,
    );
  }
  if (closed.length === after.length) return warn('the real servers are full');
  return warn(
    `${service.scheduler === edited.scheduler ? '' : 'the new scheduler '}finds no real server for them`.trim(),
  );
}

/**
 * A real server that has fewer connections than its share under a scheduler that goes by their number, and is flooded
 * at first.
 */
function coldServer(
  { edited, servers, arrivals, seconds }: Forecast,
  server: ServerForecast,
  place: number,
): Statement[] {
  const { after, with: outlook, without } = server;
  const scheduler = findScheduler(edited.scheduler);
  if (after === null || outlook === null || after.weight === 0 || scheduler?.looksAtConnections !== true)
    return [];
  const due = dueShares(
    edited.scheduler,
    servers.map(({ after: to }) => ({ weight: to?.weight ?? 0, overloaded: false })),
  )[place];
  if (due == null) return [];
  const most = Math.max(due * 1.5, due + 0.1);
  const first = outlook.shares[0] ?? 0;
  if (!(first >= most) || (without?.shares[0] ?? 0) >= most) return [];
  const end = outlook.shares.findIndex((share) => share < most);
  const time = end < 0 ? `the whole ${spanText(seconds * 1000)}` : spanText((end * seconds * 1000) / slices);
  return [
    {
      kind: 'cold server',
      isWarning: true,
      text: `${nameOf(server)} has fewer connections than its weight is due, so ${edited.scheduler} gives it ${percentText(first)} of the new ones at first, ${rateText(first * arrivals)} a second, ${(first / due).toFixed(1)} times its due, for ${time}; a weight raised in steps (--over 60s) spares it that`,
    },
  ];
}

function full({ edited }: Forecast, server: ServerForecast): Statement[] {
  const { after, with: outlook, without } = server;
  if (after === null || outlook?.fullAfter == null) return [];
  const known = without?.fullAfter;
  if (known != null && known.mean <= outlook.fullAfter.mean * 1.1) return [];
  const others = rejectsUnavailable(edited) ? 'are rejected' : 'go to the others';
  return [
    {
      kind: 'full',
      isWarning: true,
      text: `${nameOf(server)} is full, at ${after.upperThreshold.toLocaleString('en')} connections, ${outlook.fullAfter.mean < 0.5 ? 'at once' : `after ${secondsText(outlook.fullAfter)}`}; then its new connections ${others}`,
    },
  ];
}

function held(server: ServerForecast): Statement[] {
  const { before, after, with: outlook, without } = server;
  if (after?.weight !== 0 || before === null || before.weight === 0) return [];
  if (outlook === null || without === null || outlook.held === 0) return [];
  const rate = outlook.connectionsPerSecond.mean;
  const former = without.connectionsPerSecond.mean;
  if (former === 0 || rate / former < 0.01) return [];
  return [
    {
      kind: 'held',
      isWarning: true,
      text: `persistence keeps clients on ${nameOf(server)}: at weight 0 it still gets ${percentText(rate / former)} of its new connections, ${rateText(rate)} of ${rateText(former)} a second; expire_quiescent_template=1 frees them`,
    },
  ];
}

function cutOff(server: ServerForecast): Statement[] {
  if (server.after !== null || server.activeNow === 0) return [];
  const count = server.activeNow.toLocaleString('en');
  return [
    {
      kind: 'cut off',
      isWarning: true,
      text: `the ${count} active connections of ${nameOf(server)} are cut off at once`,
    },
  ];
}

function emptied({ seconds }: Forecast, server: ServerForecast): Statement[] {
  const { before, after, with: outlook } = server;
  if (after?.weight !== 0 || before === null || before.weight === 0) return [];
  if (outlook === null || server.activeNow === 0) return [];
  const { emptyAfter } = outlook;
  if (emptyAfter === null) {
    const left = Math.round(outlook.active.mean).toLocaleString('en');
    return [
      {
        kind: 'not empty',
        isWarning: false,
        text: `${nameOf(server)} is not empty after ${spanText(seconds * 1000)}: ${left} active connections then, and new ones still come`,
      },
    ];
  }
  return [
    {
      kind: 'empty',
      isWarning: false,
      text: `${nameOf(server)} has its last active connection after ${secondsText(emptyAfter.active)}, and none at all after ${secondsText(emptyAfter.all)}`,
    },
  ];
}

function moreConnections(_forecast: Forecast, server: ServerForecast): Statement[] {
  const { with: outlook, without, before } = server;
  if (outlook === null || without === null || before?.weight === 0) return [];
  const [most, former] = [outlook.mostActive, without.mostActive];
  if (former < 10 || most < former * 1.5) return [];
  return [
    {
      kind: 'more connections',
      isWarning: false,
      text: `${nameOf(server)} rises to ${Math.round(most).toLocaleString('en')} active connections, ${(most / former).toFixed(1)} times those without the edit`,
    },
  ];
}

/**
 * Under persistence all connections of a client go to one real server, so where a few clients make many of them, chance
 * decides on the shares: who comes first. That is told where it moves a share by much more than random arrivals would.
 */
function busyClients({ edited, arrivals, seconds, servers }: Forecast): Statement[] {
  if (edited.persistence === null) return [];
  const uncertain = servers
    .flatMap((server) => {
      const share = server.with?.share;
      if (share == null) return [];
      const { mean, low, high } = share;
      const byArrivals = 2 * Math.sqrt((mean * (1 - mean)) / Math.max(1, arrivals * seconds));
      const off = (high - low) / 2;
      return off > mean / 10 && off > 2 * byArrivals ? [{ server, share, off }] : [];
    })
    .sort((one, other) => other.off - one.off);
  const [most] = uncertain;
  if (most === undefined) return [];
  return [
    {
      kind: 'busy clients',
      isWarning: false,
      text: `a few clients make many of the connections, and which real server persistence holds each to is a matter of who comes first: ${nameOf(most.server)} may get ${percentText(most.share.low)} to ${percentText(most.share.high)}`,
    },
  ];
}

/** `3.2 min`, with the bounds of nine of ten runs where they differ. */
function secondsText({ mean, low, high }: Spread): string {
  const text = (seconds: number) => spanText(Math.max(1, Math.round(seconds)) * 1000);
  return text(low) === text(high) ? text(mean) : `${text(mean)} (${text(low)} to ${text(high)})`;
}

function nameOf({ before, after }: ServerForecast): string {
  const server = after ?? before;
  return server === null ? '' : formatRealServer(server.identity);
}

function namesOf(servers: readonly ServerForecast[]): string {
  const most = 3;
  const names = servers.slice(0, most).map(nameOf).join(', ');
  return servers.length > most ? `${names} and ${servers.length - most} more` : names;
}
