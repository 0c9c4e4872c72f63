import { usualKeepAlive } from '../ipvs/connection.ts';
import type { Timeouts } from '../ipvs/director-info.ts';
import type { PublicServiceView } from '../sampling/view.ts';
import type { ClientRates } from './client-rates.ts';
import type { ConnectionCount, Group } from './connection-count.ts';
import type { ConnectionReading, ReadingState } from './connection-reading.ts';
import type { Estimate } from './estimate.ts';

/** Something worth knowing about what was read. */
export interface Statement {
  /** Whether it points at something to look into. */
  readonly isWarning: boolean;
  readonly text: string;
}

/** How connections end, since IPVS has no call that ends a single one. */
export const endingConnections =
  'Nothing ends a single connection: IPVS has no call for it. All of a real server end when it is deleted while the sysctl expire_nodest_conn is 1, each at its next packet; any other by its time-out.';

/** How much was read, and hence how good the numbers are. */
export function readingText({ state, table, total, costOfAll, worked }: ConnectionReading): string {
  const rows = table.length.toLocaleString('en');
  if (state === 'reading') return `reading, ${rows} so far`;
  if (state === 'whole') return `all ${rows} read, in ${formatMilliseconds(worked)}`;
  return `a sample: ${rows} of about ${total.toLocaleString('en')}, in ${formatMilliseconds(worked)}; all would take about ${formatMilliseconds(costOfAll)} of the director's time`;
}

/** What is worth knowing about the counted connections, the worst first. */
export function connectionStatements(
  reading: ConnectionReading,
  count: ConnectionCount,
  timeouts: Timeouts | null,
): Statement[] {
  const { summary, idleFrom } = count;
  const told = (hits: number) => estimateText(reading.estimate(hits));
  const statements: Statement[] = [];
  if (summary.idle > 0 && timeouts !== null && idleFrom !== null)
    statements.push({
      isWarning: timeouts.tcp < usualKeepAlive,
      text: `${told(summary.idle)} idle for longer than ${seconds(idleFrom)}; the time-out of ${timeouts.tcp} s will cut them${timeouts.tcp < usualKeepAlive ? `, TCP's keep-alive begins at ${usualKeepAlive} s` : ''}`,
    });
  const most = count.halfOpenMost();
  if (most !== null)
    statements.push({
      isWarning: summary.halfOpen * 4 > summary.connections,
      text: `${told(summary.halfOpen)} half-open, of ${most.clients.toLocaleString('en')} ${most.clients === 1 ? 'client' : 'clients'}${most.count > 1 ? `; ${told(most.count)} of ${most.client}` : ''}`,
    });
  if (summary.orphaned > 0)
    statements.push({
      isWarning: true,
      text: `${told(summary.orphaned)} lead to real servers that are not in the table any more`,
    });
  if (summary.synced > 0)
    statements.push({ isWarning: false, text: `${told(summary.synced)} came from the master's sync daemon` });
  if (summary.templates > 0)
    statements.push({
      isWarning: summary.drainedTemplates > 0,
      text: `${told(summary.templates)} persistence ${summary.templates === 1 ? 'template' : 'templates'}${summary.drainedTemplates > 0 ? `, ${told(summary.drainedTemplates)} of a real server at weight 0, which goes on getting these clients` : ''}`,
    });
  return statements;
}

/**
 * For a sample: whether it is certain which group has most connections. `groups` are in the order of their numbers of
 * connections.
 */
export function mostStatements({ state, estimate }: MostOf, groups: readonly Group[]): Statement[] {
  const [first, ...others] = groups;
  const [second] = others;
  if (state !== 'sample' || first === undefined || second === undefined) return [];
  if (first.connections < second.connections) return [];
  const own = estimate(first.connections);
  const rivals = others.filter(({ connections }) => {
    const { value, error } = estimate(connections);
    return value + error >= own.value - own.error;
  });
  return [
    {
      isWarning: false,
      text:
        rivals.length === 0
          ? `${first.name} has most for sure`
          : `it is not sure who has most: ${first.name}, or ${rivals.length === 1 ? 'one other' : `one of ${rivals.length.toLocaleString('en')} others`}`,
    },
  ];
}

/** What is needed to tell how certain a number is. */
interface MostOf {
  readonly state: ReadingState;
  readonly estimate: (hits: number) => Estimate;
}

/** With at least this many packets per UDP connection, a single client port probably carries the traffic of many. */
const manyDatagrams = 1000;

/** What a service's counters say about its connections: how many packets each carries, and what that reveals. */
export function carriedStatements({
  service,
  counters,
  connections,
  realServers,
}: Pick<PublicServiceView, 'service' | 'counters' | 'connections' | 'realServers'>): Statement[] {
  if (counters === null || Number(counters.connections) === 0) return [];
  const packets = Number(counters.inPackets) / Number(counters.connections);
  const { identity, onePacket } = service;
  const isFew = connections.active + connections.inactive < 4 * realServers.length;
  const isHeld =
    identity.kind === 'address' &&
    identity.protocol === 'udp' &&
    onePacket === false &&
    realServers.length > 1;
  const told = `${packets >= 10 ? Math.round(packets).toLocaleString('en') : packets.toFixed(1)} packets in a connection`;
  return isHeld && isFew && packets >= manyDatagrams
    ? [
        {
          isWarning: true,
          text: `${told}: all datagrams of a client port go to one real server, and few ports send them; one-packet scheduling would spread them ("lvstop edit service … --one-packet"), or nothing does`,
        },
      ]
    : [{ isWarning: false, text: told }];
}

/** A sentence on what it means that one port sends most datagrams of a service. */
export function oneSenderText({
  client,
  port,
  share,
}: NonNullable<ReturnType<ClientRates['oneSender']>>): string {
  return `${Math.round(share * 100)}% of the datagrams come from port ${port} of ${client}: all of these go to one real server, unless one-packet scheduling spreads them`;
}

/** A number with its error beside it. */
export function estimateText({ value, error }: Estimate): string {
  const text = value.toLocaleString('en');
  return error === 0 ? text : `${text} ±${error.toLocaleString('en')}`;
}

function seconds(number: number): string {
  return number % 60 === 0 ? `${number / 60} ${number === 60 ? 'minute' : 'minutes'}` : `${number} s`;
}

/** A time in a suitable unit: `12 ms`, `3 s`, `5 minutes`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(1, Math.round(milliseconds))} ms`;
  if (milliseconds < 120_000) return `${Math.round(milliseconds / 1000)} s`;
  return `${Math.round(milliseconds / 60_000)} minutes`;
}
