import { allRealServers, type Director } from '../director/director.ts';
import { forwardingMethodFacts } from '../ipvs/forwarding-method.ts';
import { formatRealServer, type ServiceIdentity } from '../ipvs/identity.ts';
import { isOverloaded, type RealServerEntry } from '../ipvs/real-server.ts';
import type { ConnectionSample } from './connection-sample.ts';
import type { Course, ServerStart } from './course.ts';
import { heldNetworks } from './held-networks.ts';
import type { Load } from './load.ts';
import { measuredLoad, type Readings } from './measured-load.ts';

/** The service to run forward, and what is known of its load. */
export interface CourseQuestion extends Pick<Readings, 'arrivals' | 'sample'> {
  readonly identity: ServiceIdentity;
  /** Seconds to run forward. */
  readonly seconds: number;
}

/**
 * The state of a service right now, ready to be run forward; `undefined` if the service does not exist. Throws the
 * director's `IpvsError`.
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
    held: heldNetworks({ service, servers, load, sample }),
    expireQuiescentTemplate: (director.setting('expire_quiescent_template') ?? '0') !== '0',
    seconds,
  };
}

function startOf(entry: RealServerEntry, load: Load, sample: ConnectionSample | null): ServerStart {
  const { realServer, active, inactive } = entry;
  const seesResponses = forwardingMethodFacts(realServer.forwarding)?.seesResponses ?? false;
  const name = formatRealServer(realServer.identity);
  // Each packet of a UDP flow restarts its time-out, so the time left says nothing about when the flow ends.
  const seen = load.kind === 'active' ? sample?.closing.get(name) : undefined;
  return {
    realServer,
    // The weight before it became 0 cannot be read; only the scheduler mh uses it.
    lastWeight: Math.max(1, realServer.weight),
    active,
    inactive,
    overloaded: isOverloaded(entry, false),
    // The time since a packet is told in whole seconds, rounded up.
    ages: sample?.silences.get(name)?.map((seconds) => seconds - 0.5) ?? [],
    inactiveLeft: seen ?? [0, load.lifeOf(name, seesResponses).closingSeconds],
  };
}
