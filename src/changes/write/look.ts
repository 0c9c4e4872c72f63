import { allRealServers, allServices, type Director, type ServiceLook } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  type RealServerName,
  type ServiceIdentity,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import type { Service } from '../../ipvs/service.ts';
import { type Picture, servicePicture } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { replaces, stepRealServerKey, stepService } from '../steps/step-kinds.ts';

/** Finds a service; `undefined` when it does not exist. One that is expected to exist is looked for twice. */
export type ServiceFinder = (identity: ServiceIdentity, isExpected: boolean) => Service | undefined;

/** From this many services on, one dump of all is cheaper than a question for each. */
const manyServices = 50;

/** A finder for that many services: asks for each, or, if they are many, reads all at the first question. */
export function serviceFinder(director: Director, services: number): ServiceFinder {
  const findOne: ServiceFinder = (identity) => director.findService(identity)?.service;
  if (services < manyServices) return findOne;
  let all: ReadonlyMap<ServiceKey, Service> | undefined;
  return (identity, isExpected) => {
    all ??= new Map(allServices(director).map(({ service }) => [formatService(service.identity), service]));
    return all.get(formatService(identity)) ?? (isExpected ? findOne(identity, true) : undefined);
  };
}

/** Readings of a service at most, until two in a row agree. */
const mostReadings = 8;

/**
 * Reads a service with its real servers, the oldest first, for a step that removes all of them. Reads until two
 * readings in a row have the same real servers in the same order, so that none is missing. (The kernel lists the
 * newest first, and schedulers decide between equals by that order.) Throws a `conflict` where the readings never
 * agree.
 */
export function lookAtAll(
  director: Director,
  identity: ServiceIdentity,
  find: ServiceFinder = serviceFinder(director, 1),
): Picture {
  const service = find(identity, true);
  if (service === undefined) return servicePicture();
  const read = () => servicePicture({ service, realServers: allRealServers(director, identity).reverse() });
  let last = read();
  for (let reading = 1; reading < mostReadings; reading++) {
    const picture = read();
    if (haveSameKeys(picture.realServers, last.realServers)) return picture;
    last = picture;
  }
  throw new IpvsError({
    code: 'keeps-changing',
    operation: 'read service',
    object: formatService(identity),
    reason: `its real servers were others at each of ${mostReadings} readings`,
    advice: 'another hand is at work on it; nothing was written; try again when it has come to rest',
  });
}

function haveSameKeys(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): boolean {
  if (one.size !== other.size) return false;
  const others = other.keys();
  return one.keys().every((key) => others.next().value === key);
}

/**
 * Reads a service with its real servers, the newest first, without the wait for two equal readings. Dumps can skip a
 * row while the table is being edited (`ip_vs_genl_dump_dests` in `net/netfilter/ipvs/ip_vs_ctl.c` resumes by index),
 * so they are read a second time when one of the `expected` is missing.
 */
export function lookAtService(
  director: Director,
  identity: ServiceIdentity,
  expected: readonly RealServerName[],
  isExpected = true,
  find: ServiceFinder = serviceFinder(director, 1),
): Picture {
  const picture = servicePicture({ service: find(identity, isExpected) });
  const { service, realServers } = picture;
  for (let look = 0; service !== undefined && look < 2; look++) {
    for (const row of allRealServers(director, identity)) {
      realServers.set(formatRealServer(row.realServer.identity), row);
    }
    if (expected.every((key) => realServers.has(key))) break;
  }
  return picture;
}

/** Reads a director's time-outs and sync daemons. Throws an `IpvsError`. */
export function lookAtSettings(director: Director): Picture {
  return {
    ...servicePicture(),
    timeouts: director.timeouts(),
    syncDaemons: new Map(director.syncDaemons().map((daemon) => [daemon.state, daemon])),
  };
}

/** Reads what steps on one service, or on settings, touch. */
export function lookAtObjects(
  director: Director,
  steps: readonly Step[],
  find: ServiceFinder = serviceFinder(director, 1),
): Picture {
  const service = steps.map(stepService).find((identity) => identity !== null);
  if (service == null) return lookAtSettings(director);
  if (steps.some(({ kind }) => kind === 'delete service')) return lookAtAll(director, service, find);
  return lookAtService(director, service, neededRealServers(steps), steps[0]?.kind !== 'add service', find);
}

/** The real servers that must exist for the steps. */
export function neededRealServers(steps: readonly Step[]): RealServerName[] {
  return steps
    .filter(replaces)
    .map(stepRealServerKey)
    .filter((key): key is RealServerName => key !== '');
}

/** The real servers that exist after the steps. */
export function leftRealServers(steps: readonly Step[]): RealServerName[] {
  return steps
    .filter((step) => 'after' in step)
    .map(stepRealServerKey)
    .filter((key): key is RealServerName => key !== '');
}

/** The service as a look within a write request showed it, as a picture. */
export function pictureOfLook({ service, realServers }: Omit<ServiceLook, 'isWhole'>): Picture {
  const rows = realServers.map((realServer) => ({ realServer, active: 0, inactive: 0 }));
  return servicePicture({ service, realServers: rows });
}
