import { timeoutOf } from '../ipvs/connection.ts';
import type { Timeouts } from '../ipvs/director-info.ts';
import type { RealServerEntry } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import { assumedClients, ClientSpread } from './client-spread.ts';
import type { ConnectionSample } from './connection-sample.ts';
import type { ConnectionLife, Load, Premise } from './load.ts';
import { percentText, rateText } from './numbers.ts';
import { exponentialLengths, type SessionLengths, seenLengths } from './session-lengths.ts';

/** Number of clients assumed where none are known. */
const assumedCount = 1000;
/** At most this many clients are made up. */
const mostClients = 20_000;

/** Length of a session in seconds, assumed where there are no connections, or no new ones, to measure it by. */
const assumedSession = 60;

/** Seconds in CLOSED (`IP_VS_SCTP_MAX_RTO` in `net/netfilter/ipvs/ip_vs_proto_sctp.c`). */
const sctpClosed = 61;

/** What was read about a service. */
export interface Readings {
  readonly service: Service;
  readonly servers: readonly RealServerEntry[];
  /** New connections a second, and the seconds over which they were counted. */
  readonly arrivals: { readonly perSecond: number; readonly seconds: number };
  readonly timeouts: Timeouts;
  /** `null` where no connections were sampled. */
  readonly sample: ConnectionSample | null;
}

/** The load on a service, as far as the readings show it. The rest is assumed, and the premises say so. */
export function measuredLoad(readings: Readings): Load {
  const { arrivals } = readings;
  const kind = kindOf(readings);
  const life = lifeOf(readings, kind);
  const clients = clientsOf(readings);
  return {
    arrivals: arrivals.perSecond,
    kind,
    lifeOf: (_realServer, seesResponses) => (seesResponses ? life.seeing : life.blind),
    clients: clients.spread,
    premises: [
      {
        basis: 'seen',
        text: `${rateText(arrivals.perSecond)} new connections a second, over ${Math.round(arrivals.seconds)} s`,
      },
      { basis: 'assumed', text: 'they go on coming at that rate' },
      life.premise,
      clients.premise,
    ],
  };
}

function kindOf({ service, servers }: Readings): Load['kind'] {
  const { identity, onePacket } = service;
  const isUdp =
    identity.kind === 'fwmark'
      ? servers.every(({ active }) => active === 0) && servers.some(({ inactive }) => inactive > 0)
      : identity.protocol === 'udp';
  if (!isUdp) return 'active';
  return onePacket ? 'one-packet' : 'inactive';
}

interface MeasuredLife {
  readonly seeing: ConnectionLife;
  readonly blind: ConnectionLife;
  readonly premise: Premise;
}

/**
 * Little's law: the number of connections is the arrival rate times how long one lasts. Real servers at weight 0 are
 * left out, since their connections only end.
 */
function lifeOf(
  { service, servers, arrivals, timeouts, sample }: Readings,
  kind: Load['kind'],
): MeasuredLife {
  const taking = servers.filter(({ realServer }) => realServer.weight > 0);
  const active = taking.reduce((sum, server) => sum + server.active, 0);
  const inactive = taking.reduce((sum, server) => sum + server.inactive, 0);
  const isKnown = arrivals.perSecond > 0;
  if (kind === 'one-packet') {
    const none = { active: exponentialLengths(0), closingSeconds: 0 };
    return { seeing: none, blind: none, premise: { basis: 'seen', text: 'one packet each' } };
  }
  if (kind === 'inactive') {
    const all = isKnown && inactive > 0 ? inactive / arrivals.perSecond : timeouts.udp;
    const closingSeconds = Math.min(timeouts.udp, all);
    const life = { active: exponentialLengths(all - closingSeconds), closingSeconds };
    return { seeing: life, blind: life, premise: lengthPremise('flow', all, isKnown && inactive > 0) };
  }
  const isMeasured = isKnown && active > 0;
  const mean = isMeasured ? active / arrivals.perSecond : assumedSession;
  const silences = [...(sample?.silences.values() ?? [])].flat();
  const seen = isMeasured ? seenLengths(silences, mean) : null;
  const lengths = seen ?? exponentialLengths(mean);
  const isSctp = service.identity.kind !== 'fwmark' && service.identity.protocol === 'sctp';
  const secondsIn = (state: string) => (isSctp ? sctpClosed : (timeoutOf('tcp', state, timeouts) ?? 0));
  const [timeWait, finWait, reset] = [secondsIn('TIME_WAIT'), secondsIn('FIN_WAIT'), secondsIn('CLOSE')];
  // Connections that end by a reset are forgotten sooner.
  const resets = sample?.resetShare ?? 0;
  const closing = (usual: number) => resets * Math.min(reset, usual) + (1 - resets) * usual;
  return {
    seeing: { active: lengths, closingSeconds: closing(timeWait) },
    blind: { active: lengths, closingSeconds: closing(finWait) },
    premise: seen === null ? lengthPremise('session', mean, isMeasured) : seenPremise(seen, silences.length),
  };
}

function seenPremise(lengths: SessionLengths, connections: number): Premise {
  const [shortest, longest] = [lengths.at(0.05), lengths.at(0.95)].map(secondsText);
  return {
    basis: 'seen',
    text: `a session lasts ${secondsText(lengths.mean)} s on average (connections ÷ new ones a second), nine of ten ${shortest} to ${longest} s: by how long ${connections.toLocaleString('en')} have been silent`,
  };
}

function secondsText(seconds: number): string {
  return seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds));
}

function lengthPremise(what: string, seconds: number, isMeasured: boolean): Premise {
  const length = secondsText(seconds);
  return isMeasured
    ? {
        basis: 'assumed',
        text: `a ${what} lasts ${length} s on average (connections ÷ new ones a second), spread exponentially`,
      }
    : { basis: 'assumed', text: `a ${what} lasts ${length} s on average: nothing was seen that tells it` };
}

function clientsOf({ service, servers, sample }: Readings): { spread: ClientSpread; premise: Premise } {
  if (sample !== null && sample.clients.length > 0) {
    return {
      spread: new ClientSpread(sample.clients),
      premise: {
        basis: 'seen',
        text: `${counted(sample.seenClients, 'client')} in ${counted(sample.connections, 'connection')} that were looked at${busiest(sample)}`,
      },
    };
  }
  // Each template stands for a client, or a network of them.
  const held = servers.reduce((sum, { persistent }) => sum + persistent, 0);
  const count = held > 0 ? Math.min(held, mostClients) : assumedCount;
  return {
    spread: new ClientSpread(assumedClients(count, service.identity.family)),
    premise: {
      basis: 'assumed',
      text:
        held > 0
          ? `clients come equally often; ${held.toLocaleString('en')} are held by persistence`
          : `${assumedCount.toLocaleString('en')} clients that come equally often`,
    },
  };
}

/** The part of the busiest client, where there is one. */
function busiest({ clients, seenClients }: ConnectionSample): string {
  if (seenClients < 2) return '';
  const sum = clients.reduce((all, { weight }) => all + weight, 0);
  const most = clients.reduce((greatest, { weight }) => Math.max(greatest, weight), 0);
  return `, the busiest with ${percentText(most / sum)} of them`;
}

function counted(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}
