import type { Counters } from '../ipvs/counters.ts';
import { forwardingMethodLabel } from '../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../ipvs/identity.ts';
import { areResponsesSeen } from '../ipvs/seen-responses.ts';
import { visible } from '../ipvs/visible.ts';
import type { ListedRealServer, ListedService, Listing } from './ipvsadm/listing.ts';

/** The whole table as one sentence, to begin with and to come back to. */
export function listingSentence({ director, services }: Listing): string {
  const realServers = services.reduce((count, service) => count + service.realServers.length, 0);
  const active = services
    .flatMap((service) => service.realServers)
    .reduce((sum, { connections }) => sum + connections.active, 0);
  const simulated = director.source === 'simulated' ? ' SIMULATED' : '';
  const access =
    director.access === 'public'
      ? ' Read without CAP_NET_ADMIN, so counters, rates and thresholds are missing.'
      : '';
  const state =
    director.state === 'lost'
      ? ` IPVS cannot be reached, what follows is old: ${director.error ?? 'no reason is known'}.`
      : director.state === 'frozen-counters'
        ? ' run_estimation is 0, so counters and rates stand still.'
        : '';
  return `Director ${visible(director.hostName)}${simulated}: ${plural(services.length, 'service')}, ${plural(realServers, 'real server')}, ${plural(active, 'active connection')}.${access}${state}`;
}

/** A service as one sentence. */
export function serviceSentence({ service, counters, rates, realServers }: ListedService): string {
  const parts = [
    `scheduler ${visible(service.scheduler)}`,
    plural(realServers.length, 'real server'),
    rates === null ? missingRate(counters) : `${amount(rates.connections)} new connections a second`,
  ];
  return `Service ${formatService(service.identity)}: ${parts.join(', ')}.`;
}

/** A real server as one sentence. */
export function realServerSentence({ service }: ListedService, listed: ListedRealServer): string {
  const { realServer, connections, counters, rates } = listed;
  const parts = [
    `mode ${forwardingMethodLabel(realServer.forwarding)}`,
    `weight ${realServer.weight}${realServer.weight === 0 ? ', takes no new connections' : ''}`,
    `${connections.active} active`,
    `${connections.inactive} inactive`,
    rates === null ? missingRate(counters) : `${amount(rates.connections)} new a second`,
  ];
  if (rates !== null) {
    parts.push(`in ${amount((rates.inBytes * 8) / 1000)} kilobit a second`);
    parts.push(
      areResponsesSeen(realServer, counters)
        ? `out ${amount((rates.outBytes * 8) / 1000)} kilobit a second`
        : 'out not seen',
    );
  }
  return `Real server ${formatRealServer(realServer.identity)} of ${formatService(service.identity)}: ${parts.join(', ')}.`;
}

function missingRate(counters: Counters | null): string {
  return counters === null ? 'rate not readable' : 'rate not known yet';
}

function amount(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
