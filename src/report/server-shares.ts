import type { RealServerKey } from '../ipvs/identity.ts';
import type { View } from '../sampling/view.ts';
import { Carried } from './carried.ts';
import type { ServerShare } from './report.ts';

/** Least milliseconds between two looks at all real servers: a large table has tens of thousands of them. */
const lookDistance = 60_000;
/**
 * Standard deviations beyond which a difference counts: chance makes one so great less often than once in fifteen
 * thousand times.
 */
const deviations = 4;
/** Least difference of shares (0 to 1) that counts, however certain it is. */
const leastDifference = 0.01;

interface Server {
  readonly connections: Carried;
  own: number;
  ofService: number;
  due: number;
}

/** Adds up what each real server got of its service's connections, and what was its due at that time. */
export class ServerShares {
  readonly #servers = new Map<RealServerKey, Server>();
  #looked = Number.NEGATIVE_INFINITY;

  /** Takes a sample; `isLast` where none comes behind it. */
  take({ time, services }: View, isLast: boolean): void {
    if (time - this.#looked < lookDistance && !isLast) return;
    const isFirst = this.#looked === Number.NEGATIVE_INFINITY;
    this.#looked = time;
    for (const { realServers } of services) {
      const moved: { readonly server: Server; readonly carried: number; readonly due: number | null }[] = [];
      let all = 0;
      for (const { key, counters, due } of realServers) {
        if (counters === null) return;
        const server = this.#serverOf(key, isFirst);
        const carried = server.connections.take(counters.connections);
        all += carried;
        moved.push({ server, carried, due });
      }
      for (const { server, carried, due } of moved) {
        if (due === null) continue;
        server.own += carried;
        server.ofService += all;
        server.due += due * all;
      }
    }
  }

  /** Those furthest from their due first. */
  shares(): ServerShare[] {
    return Array.from(this.#servers, ([key, { own, ofService, due }]) => shareOf(key, own, ofService, due))
      .filter((share) => share !== undefined)
      .sort((left, right) => distance(right) - distance(left));
  }

  #serverOf(key: RealServerKey, isFirst: boolean): Server {
    const known = this.#servers.get(key);
    if (known !== undefined) return known;
    const server = { connections: new Carried(), own: 0, ofService: 0, due: 0 };
    if (!isFirst) server.connections.begin();
    this.#servers.set(key, server);
    return server;
  }
}

function shareOf(
  key: RealServerKey,
  own: number,
  ofService: number,
  dueSum: number,
): ServerShare | undefined {
  if (ofService === 0) return undefined;
  const [share, due] = [own / ofService, dueSum / ofService];
  const spread = Math.sqrt(Math.max(due * (1 - due), 1 / ofService) / ofService);
  const difference = Math.abs(share - due);
  const isFar = difference > leastDifference && difference > deviations * spread;
  return { key, connections: own, ofService, share, due, isFar };
}

function distance({ share, due }: ServerShare): number {
  return Math.abs(share - due);
}
