import { sampleConnections } from '../../director/connection-sample.ts';
import type { ReadableDirector } from '../../director/director.ts';
import { shellWord } from '../../forwarding/diagnosis.ts';
import type { Network } from '../../forwarding/network.ts';
import { type NetworkFacts, networkFacts } from '../../forwarding/network-facts.ts';
import { requestPacket, takeWalk, walkRoutes } from '../../forwarding/walk/take-walk.ts';
import type { Walk, WalkEndpoints } from '../../forwarding/walk/walk.ts';
import { chooseEndpoints } from '../../forwarding/walk/walk-endpoints.ts';
import type { MachineSampler } from '../../host/machine/machine.ts';
import { type ConnectionSample, isTemplate } from '../../ipvs/connection.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { PublicRealServer } from '../../ipvs/real-server.ts';
import type { PublicService } from '../../ipvs/service.ts';
import type { KnownAnswer } from '../../probe/known-answers.ts';
import { faultWords, formatMilliseconds } from '../../probe/verdict.ts';
import { allAtOnce } from '../../system/turns.ts';
import { marksOf } from '../evidence/incoming-routes.ts';
import { isOwnCall, isStuck } from '../evidence/sampled-connections.ts';
import { ageOf, seenBy } from '../judgement/probed.ts';

/** What a walk's facts are read from. */
export interface WalkSources {
  readonly director: ReadableDirector;
  readonly network: Network;
  readonly machine: MachineSampler;
}

/** Which walk is wanted. */
export interface WalkChoice {
  readonly service: PublicService;
  readonly realServer: PublicRealServer;
  /** All services of the table. */
  readonly services: readonly ServiceIdentity[];
  /** The client's address. Where it is left out, a client with a connection is taken, or an example. */
  readonly client?: string;
  /** What the real server answered, if it was probed lately. */
  readonly answer?: KnownAnswer | undefined;
  /** The endpoints of the walk before, when it is being continued. */
  readonly former?: WalkEndpoints;
}

/** Connections that are searched for one of the service. */
const sampleSize = 2000;

/**
 * Gathers what a walk needs and takes it. Throws an `IpvsError` when the network cannot be read, or the named client
 * is no address of the service's family.
 */
export async function gatherWalk(
  { director, network, machine }: WalkSources,
  { service, realServer, services, client, former, answer }: WalkChoice,
): Promise<Walk> {
  const connections = connectionsOf(director);
  const endpoints = chooseEndpoints({
    service: service.identity,
    realServer: realServer.identity,
    services,
    connections,
    ...(client !== undefined && { client }),
    ...(former !== undefined && { former }),
  });
  const sysctl = (path: string) => machine.sysctl(path);
  const first = await network.picture(walkRoutes({ service, realServer, endpoints }));
  const { identity } = service;
  const [mark] =
    identity.kind === 'address' && first.routes.get(identity.address)?.kind !== 'local'
      ? marksOf((await machine.sample()).firewall(), identity)
      : [];
  const request = requestPacket({ service, endpoints }, networkFacts(first, sysctl), mark);
  const second = request && (await network.picture([request]));
  const routes = new Map([...first.routes, ...(second?.routes ?? [])]);
  const facts = networkFacts({ ...first, routes }, sysctl);
  const walk = takeWalk({
    service,
    realServer,
    endpoints,
    network: facts,
    ...(request !== undefined && { request }),
  });
  if (answer !== undefined && answer.word !== 'not asked')
    return withAnswer(walk, answer, director.clock.time());
  return { ...walk, obstacles: [...unanswered(service, realServer, connections, facts), ...walk.obstacles] };
}

/** The walk with the answer of the probe added, as of `time`, milliseconds since the epoch. If the real server did not answer, the walk ends there. */
function withAnswer(walk: Walk, answer: KnownAnswer, time: number): Walk {
  const isWell = !faultWords.has(answer.word);
  const age = ageOf(time - answer.time);
  const took = answer.milliseconds === null ? '' : ` (${formatMilliseconds(answer.milliseconds)})`;
  const text = isWell ? `a probe ${age}: ${answer.word}${took}` : `a probe ${age}: ${seenBy(answer)}`;
  const last = walk.request.length - 1;
  const ends = !isWell && answer.word !== 'astray';
  const request = walk.request.map((step, place) =>
    place === last && step.kind === 'station' && step.place === 'real server'
      ? { ...step, asked: { isWell, text }, does: ends ? [] : step.does }
      : step,
  );
  if (isWell) return { ...walk, request };
  return {
    ...walk,
    request,
    ...(ends && { response: [], sight: ['The request, which ends at the real server.'] }),
    obstacles: [
      {
        text:
          answer.causes.length === 0 ? text : `${text}; it may be that ${answer.causes.join(', or that ')}`,
        command: `lvstop probe ${shellWord(formatService(walk.service))} ${shellWord(formatRealServer(walk.realServer))}`,
      },
      ...walk.obstacles,
    ],
  };
}

/** Fewer waiting connections than this mean nothing. */
const several = 4;

/** An obstacle where at least half of the connections to the real server are half open. */
function unanswered(
  { identity: service }: PublicService,
  { identity, forwarding }: PublicRealServer,
  { connections }: ConnectionSample,
  network: NetworkFacts,
): Walk['obstacles'] {
  if (service.kind !== 'address' || forwarding === 'nat') return [];
  const own = connections.filter((connection) => {
    const { protocol, virtual, realServer, client, state } = connection;
    return (
      protocol === 'tcp' &&
      !isTemplate(client.port, state) &&
      virtual.address === service.address &&
      (service.port === 0 || virtual.port === service.port) &&
      realServer.address === identity.address &&
      // No real server elsewhere can answer the director itself.
      !isOwnCall({ network }, connection)
    );
  });
  const stuck = own.filter(isStuck).length;
  if (stuck < several || stuck * 2 < own.length) return [];
  return [
    {
      text: `${stuck} of ${own.length} connections to this real server are half open (SYN_RECV): what is told of it below may not be so`,
      command: 'lvstop doctor',
    },
  ];
}

/** A sample of connections; empty if this user may not read the table. The walk then has an example. */
function connectionsOf(director: ReadableDirector): ConnectionSample {
  try {
    return allAtOnce(sampleConnections(director, sampleSize));
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return { connections: [], isWhole: false };
  }
}
