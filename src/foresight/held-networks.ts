import { createRandom } from '../director/simulated/random.ts';
import { formatRealServer } from '../ipvs/identity.ts';
import type { RealServerEntry } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { ConnectionSample } from './connection-sample.ts';
import type { HeldNetwork } from './course.ts';
import type { Load } from './load.ts';

/** A service with its real servers, newest first, and what is known of its clients. */
interface Known {
  readonly service: Service;
  readonly servers: readonly RealServerEntry[];
  readonly load: Load;
  readonly sample: ConnectionSample | null;
}

/**
 * The client networks that persistence holds to real servers: those whose templates were read; where only a part of the
 * table was, those of the other clients that were seen, which are where their connections lead; and as many of the
 * unseen ones as the real servers count besides.
 */
export function heldNetworks({ service, servers, load, sample }: Known): HeldNetwork[] {
  const { persistence, identity } = service;
  if (persistence === null) return [];
  const networks = load.clients.networks(identity.family, persistence.netmask);
  const places = new Map<string, number>(
    servers.map(({ realServer }, place) => [formatRealServer(realServer.identity), place]),
  );
  const random = createRandom(1);
  const taken = new Set<number>();
  const left = servers.map(({ persistent }) => persistent);
  const held: HeldNetwork[] = [];
  const hold = (words: Uint32Array, server: number | undefined, secondsLeft?: number) => {
    const network = networks.find(words);
    if (server === undefined || (network !== undefined && taken.has(network))) return;
    if (network !== undefined) taken.add(network);
    left[server] = (left[server] ?? 0) - 1;
    // Since when the last connection is there is not known.
    held.push({ words, server, secondsLeft: secondsLeft ?? random.uniform() * persistence.timeout });
  };
  for (const { words, realServer, secondsLeft } of sample?.templates ?? [])
    hold(words, places.get(realServer), secondsLeft);
  if (sample?.isWhole) return held;
  for (const { words, realServer } of sample?.leads ?? []) {
    const server = places.get(realServer);
    // It was sent there before the service was persistent, where no template is left that could hold it.
    if (server !== undefined && (left[server] ?? 0) > 0) hold(words, server);
  }
  let next = 0;
  for (const server of servers.keys()) {
    while ((left[server] ?? 0) > 0 && next < load.clients.length) hold(load.clients.words(next++), server);
  }
  return held;
}
