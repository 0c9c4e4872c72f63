import { allRealServers, allServices, type Director, type ServiceLook } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import { type RealServer, sameRealServerSettings } from '../ipvs/real-server.ts';
import { type Service, sameServiceSettings } from '../ipvs/service.ts';
import {
  count,
  describeRealServer,
  describeService,
  describeSyncDaemon,
  describeTimeouts,
} from './describe.ts';
import type { Step } from './plan.ts';

/** A service as it was read at one moment, or as steps leave it. */
export interface ServicePicture {
  service: Service | undefined;
  readonly realServers: Map<string, RealServer>;
}

/** The object of a step in a picture. */
export interface PresentObject {
  /** What it is, made when it is asked for: that is where it is not what it should be. */
  words(): string;
  /** Whether it is what the step has seen when it was planned. */
  readonly isAsPlanned: boolean;
  /** Whether it is what the step makes of it. */
  readonly isAsWritten: boolean;
}

/** Gives a service as it is, `undefined` when it is not there; one that should be there is looked for twice. */
export type ServiceFinder = (identity: ServiceIdentity, isExpected: boolean) => Service | undefined;

/** Services from which on one dump of all is cheaper than a question for each. */
const manyServices = 50;

/** A way to look at so many services: one by one, or, for many, all at once at the first question. */
export function serviceFinder(director: Director, services: number): ServiceFinder {
  const findOne: ServiceFinder = (identity) => director.findService(identity)?.service;
  if (services < manyServices) return findOne;
  let all: ReadonlyMap<string, Service> | undefined;
  return (identity, isExpected) => {
    all ??= new Map(allServices(director).map(({ service }) => [formatService(service.identity), service]));
    return all.get(formatService(identity)) ?? (isExpected ? findOne(identity, true) : undefined);
  };
}

/** Readings of a service of which two are to agree. */
const mostReadings = 8;

/**
 * Reads a service with its real servers until two readings agree in which there are and in their order, so that none
 * is missing: for what takes all of them away. Throws a `conflict` where it never comes to rest.
 */
export function lookAtAll(
  director: Director,
  identity: ServiceIdentity,
  find: ServiceFinder = serviceFinder(director, 1),
): ServicePicture {
  const service = find(identity, true);
  if (service === undefined) return { service, realServers: new Map() };
  let last = readRealServers(director, identity);
  for (let reading = 1; reading < mostReadings; reading++) {
    const realServers = readRealServers(director, identity);
    if (haveSameKeys(realServers, last)) return { service, realServers };
    last = realServers;
  }
  throw new IpvsError({
    kind: 'conflict',
    operation: 'read service',
    object: formatService(identity),
    reason: `its real servers were others at each of ${mostReadings} readings`,
    advice: 'another hand is at work on it; nothing was written; try again when it has come to rest',
  });
}

function readRealServers(director: Director, identity: ServiceIdentity): Map<string, RealServer> {
  return new Map(
    allRealServers(director, identity).map(({ realServer }) => [
      formatRealServer(realServer.identity),
      realServer,
    ]),
  );
}

function haveSameKeys(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): boolean {
  if (one.size !== other.size) return false;
  const others = other.keys();
  return one.keys().every((key) => others.next().value === key);
}

/**
 * Reads a service with its real servers in one go. Dumps can skip a row while the table is being edited
 * (`ip_vs_genl_dump_dests` in `net/netfilter/ipvs/ip_vs_ctl.c` resumes by index), so when one of the `expected`
 * is missing they are read twice.
 */
export function lookAtService(
  director: Director,
  identity: ServiceIdentity,
  expected: readonly string[],
  isExpected = true,
  find: ServiceFinder = serviceFinder(director, 1),
): ServicePicture {
  const service = find(identity, isExpected);
  const realServers = new Map<string, RealServer>();
  for (let look = 0; service !== undefined && look < 2; look++) {
    for (const { realServer } of allRealServers(director, identity)) {
      realServers.set(formatRealServer(realServer.identity), realServer);
    }
    if (expected.every((key) => realServers.has(key))) break;
  }
  return { service, realServers };
}

/** A look as a picture. */
export function pictureOf({ service, realServers }: Omit<ServiceLook, 'isWhole'>): ServicePicture {
  return {
    service,
    realServers: new Map(
      realServers.map((realServer) => [formatRealServer(realServer.identity), realServer]),
    ),
  };
}

/** What a step has seen of its object when it was planned, in words; `undefined` when it was not there. */
export function planned(step: Step): string | undefined {
  switch (step.kind) {
    case 'set service':
      return describeService(step.before);
    case 'delete service':
      return `${describeService(step.before)}, ${count(step.realServers, 'real server')}`;
    case 'set real server':
    case 'delete real server':
      return describeRealServer(step.before);
    case 'set time-outs':
      return describeTimeouts(step.before);
    case 'stop sync daemon':
      return describeSyncDaemon(step.before);
    default:
      return undefined;
  }
}

const none: readonly never[] = [];

/** The real servers that a step needs to be there. */
export function expectedRealServers(step: Step): readonly string[] {
  return step.kind === 'set real server' || step.kind === 'delete real server'
    ? [formatRealServer(step.before.identity)]
    : none;
}

/** The real servers that a step leaves there. */
export function leftRealServers(step: Step): readonly string[] {
  return step.kind === 'set real server' || step.kind === 'add real server'
    ? [formatRealServer(step.after.identity)]
    : none;
}

/** A real server that is there. Plans of ten thousand steps make one for each. */
class PresentRealServer implements PresentObject {
  readonly #found: RealServer;
  readonly isAsPlanned: boolean;
  readonly isAsWritten: boolean;

  constructor(found: RealServer, before: RealServer | undefined, after: RealServer | undefined) {
    this.#found = found;
    this.isAsPlanned = before !== undefined && sameRealServerSettings(found, before);
    this.isAsWritten = after !== undefined && sameRealServerSettings(found, after);
  }

  words(): string {
    return describeRealServer(this.#found);
  }
}

/** The object of a step as a picture shows it; `undefined` when it is not there, or is no single one. */
export function presentObject(picture: ServicePicture, step: Step): PresentObject | undefined {
  const { service } = picture;
  switch (step.kind) {
    case 'zero':
    case 'set time-outs':
    case 'start sync daemon':
    case 'stop sync daemon':
      return undefined;
    case 'add service':
    case 'set service':
      return (
        service && {
          words: () => describeService(service),
          isAsPlanned: step.kind === 'set service' && sameServiceSettings(service, step.before),
          isAsWritten: sameServiceSettings(service, step.after),
        }
      );
    case 'delete service': {
      const { size } = picture.realServers;
      return (
        service && {
          words: () => `${describeService(service)}, ${count(size, 'real server')}`,
          isAsPlanned: sameServiceSettings(service, step.before) && size === step.realServers,
          isAsWritten: false,
        }
      );
    }
    case 'add real server': {
      const found = picture.realServers.get(formatRealServer(step.after.identity));
      return found && new PresentRealServer(found, undefined, step.after);
    }
    case 'set real server': {
      const found = picture.realServers.get(formatRealServer(step.before.identity));
      return found && new PresentRealServer(found, step.before, step.after);
    }
    case 'delete real server': {
      const found = picture.realServers.get(formatRealServer(step.before.identity));
      return found && new PresentRealServer(found, step.before, undefined);
    }
  }
}

/** Draws into a picture what a step does. */
export function draw(picture: ServicePicture, step: Step): void {
  switch (step.kind) {
    case 'add service':
    case 'set service':
      picture.service = step.after;
      break;
    case 'delete service':
      picture.service = undefined;
      picture.realServers.clear();
      break;
    case 'add real server':
    case 'set real server':
      picture.realServers.set(formatRealServer(step.after.identity), step.after);
      break;
    case 'delete real server':
      picture.realServers.delete(formatRealServer(step.before.identity));
      break;
    default:
      break;
  }
}
