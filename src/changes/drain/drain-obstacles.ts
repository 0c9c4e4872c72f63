import type { Director } from '../../director/director.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { PublicService } from '../../ipvs/service.ts';
import { count, spanText } from '../steps/describe.ts';
import type { Drain } from './drain.ts';

/** What decides how the connections of a service end. */
export interface DrainSurroundings {
  readonly service: PublicService;
  /** Persistent clients go elsewhere once their real server has weight 0 (`expire_quiescent_template=1`). */
  readonly persistentMoveOn: boolean;
  /** Seconds after which a UDP connection without packets ends; 0 where it cannot be read. */
  readonly udpTimeout: number;
}

/** Active connections count as long sessions if none of them has ended for this many milliseconds. */
const longFrom = 30_000;

/** Reads what decides how a service's connections end; `null` when the service does not exist. */
export function drainSurroundings(director: Director, identity: ServiceIdentity): DrainSurroundings | null {
  const service = director.findService(identity)?.service;
  if (service === undefined) return null;
  return { service, ...drainLook(director) };
}

/** Reads the part of `DrainSurroundings` that is the same for all services. */
export function drainLook(director: Director): Omit<DrainSurroundings, 'service'> {
  return {
    persistentMoveOn: director.setting('expire_quiescent_template') === '1',
    udpTimeout: director.timeouts().udp,
  };
}

/** Whether persistence brings clients back to a real server at weight 0. */
export function persistentStillCome({ service, persistentMoveOn }: DrainSurroundings): boolean {
  return service.persistence !== null && !persistentMoveOn;
}

/** What will keep a real server of the service from emptying, known before its drain is watched. */
export function obstaclesAhead(surroundings: DrainSurroundings): string[] {
  const { service, udpTimeout } = surroundings;
  const obstacles: string[] = [];
  if (persistentStillCome(surroundings)) {
    obstacles.push(
      `persistence: clients of the last ${service.persistence?.timeout} s, and those with a connection that is not forgotten yet, may still come, and each visit holds them anew; sysctl -w net.ipv4.vs.expire_quiescent_template=1 sends them to others`,
    );
  }
  if (isUdp(service) && !service.onePacket) {
    obstacles.push(
      `UDP knows no end: each connection counts as inactive until no packet came for ${udpTimeout === 0 ? 'its time-out' : `${udpTimeout} s`}`,
    );
  }
  return obstacles;
}

/** What keeps a drain from emptying, judging by the readings so far. */
export function drainObstacles(drain: Drain, surroundings: DrainSurroundings): string[] {
  const obstacles = obstaclesAhead(surroundings);
  const { latest, activeFellAt, order } = drain;
  if (latest === null) return obstacles;
  const { active, inactive } = latest.numbers;
  const still = latest.time - activeFellAt;
  if (active > 0 && still >= longFrom) {
    obstacles.push(
      `no active connection has ended for ${spanText(still)}: ${count(active, 'long session')}, or their end was not seen here`,
    );
  }
  if (active === 0 && inactive > 0 && order.until === 'all' && !isUdp(surroundings.service)) {
    obstacles.push(
      `${count(inactive, 'connection')} ${inactive === 1 ? 'is' : 'are'} closed, or not open yet, and wait${inactive === 1 ? 's' : ''} out the kernel's time, 2 minutes for those that are closed; "until active" does not wait for them`,
    );
  }
  return obstacles;
}

function isUdp({ identity }: PublicService): boolean {
  return identity.kind === 'address' && identity.protocol === 'udp';
}
