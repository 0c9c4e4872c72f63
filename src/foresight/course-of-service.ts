import { allRealServers, type Director } from '../director/director.ts';
import { createRandom } from '../director/simulated/random.ts';
import { forwardingMethodFacts } from '../ipvs/forwarding-method.ts';
import { formatRealServer, type ServiceIdentity } from '../ipvs/identity.ts';
import { isOverloaded, type RealServerEntry } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { ConnectionSample } from './connection-sample.ts';
import type { Course, HeldNetwork, ServerStart } from './course.ts';
import type { Load } from './load.ts';
import { measuredLoad, type Readings } from './measured-load.ts';

/** What is to be run forward, and what is known of its load. */
export interface CourseQuestion extends Pick<Readings, 'arrivals' | 'sample'> {
  readonly identity: ServiceIdentity;
  /** Seconds to run forward. */
  readonly seconds: number;
}

/**
 * A service as it is just now, ready to be run forward; `undefined` where it is not there. Throws the director's
 * `IpvsError`.
 */
export function courseOfService(
  director: Director,
  { identity, arrivals, sample, seconds }: CourseQuestion,
): Course | undefined {
  const service = director.findService(identity)?.service;
  if (service === undefined) return undefined;
  const servers = allRealServers(director, identity);
  const load = measuredLoad({ service, servers, arrivals, timeouts: director.timeouts(), sample });
  return {
    service,
    servers: servers.map((entry) => startOf(entry, load, sample)),
    load,
    held: service.persistence === null ? [] : heldNetworks(service, servers, load, sample),
    expireQuiescentTemplate: (director.setting('expire_quiescent_template') ?? '0') !== '0',
    seconds,
  };
}

function startOf(entry: RealServerEntry, load: Load, sample: ConnectionSample | null): ServerStart {
  const { realServer, active, inactive } = entry;
  const seesResponses = forwardingMethodFacts(realServer.forwarding)?.seesResponses ?? false;
  const name = formatRealServer(realServer.identity);
  // A connection of UDP that goes on begins its time-out anew, so that what is left of it tells nothing.
  const seen = load.kind === 'active' ? sample?.closing.get(name) : undefined;
  return {
    realServer,
    // What it was before it became 0 cannot be read; only mh goes by it.
    lastWeight: Math.max(1, realServer.weight),
    active,
    inactive,
    overloaded: isOverloaded(entry, false),
    inactiveLeft: seen ?? [0, load.lifeOf(name, seesResponses).closingSeconds],
  };
}

/** Who is held where: as the connection table tells, or as many as the real servers count. */
function heldNetworks(
  service: Service,
  servers: readonly RealServerEntry[],
  load: Load,
  sample: ConnectionSample | null,
): HeldNetwork[] {
  const names = new Map<string, number>(
    servers.map(({ realServer }, place) => [formatRealServer(realServer.identity), place]),
  );
  if (sample !== null && sample.templates.length > 0) {
    // What was not looked at is like what was.
    return sample.templates.flatMap(({ words, realServer, secondsLeft }) => {
      const server = names.get(realServer);
      return server === undefined ? [] : [{ words, server, secondsLeft }];
    });
  }
  const timeout = service.persistence?.timeout ?? 0;
  const random = createRandom(1);
  let next = 0;
  return servers.flatMap(({ persistent }, server) => {
    const held: HeldNetwork[] = [];
    for (let count = 0; count < persistent && next < load.clients.length; count++) {
      held.push({ words: load.clients.words(next++), server, secondsLeft: random.uniform() * timeout });
    }
    return held;
  });
}
