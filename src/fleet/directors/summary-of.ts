import type { Measured } from '../../formats/metrics/measured.ts';
import type { DirectorSummary, Load, SummarizedService } from '../../formats/summary.ts';
import type { Rates } from '../../ipvs/counters.ts';
import { formatService } from '../../ipvs/identity.ts';
import { areResponsesSeen } from '../../ipvs/seen-responses.ts';
import type { PublicConnections, PublicServiceView, View } from '../../sampling/view.ts';

/** A director in short, with true rates as soon as they are known. */
export function summaryOf(view: View, measured: Measured): DirectorSummary {
  const { time, director, totals, services } = view;
  const { state } = director;
  const summarized = services.map(summaryOfService);
  return {
    time,
    hostName: director.hostName,
    source: director.source,
    access: director.access,
    state: state.kind,
    error: state.kind === 'lost' ? state.error.message : null,
    errorCode: state.kind === 'lost' ? state.error.code : null,
    serviceCount: totals.services,
    realServerCount: totals.realServers,
    load: loadOf(totals.connections, totals.rates, services.length === 0 || services.some(seesResponses)),
    configurationHash: measured.configurationHash,
    findings: measured.findings,
    vrrp: measured.vrrp,
    services: summarized,
  };
}

function summaryOfService(view: PublicServiceView): SummarizedService {
  const { service, realServers, connections, rates } = view;
  return {
    id: formatService(service.identity),
    scheduler: service.scheduler,
    realServers: realServers.length,
    withWeight: realServers.filter(({ realServer }) => realServer.weight > 0).length,
    load: loadOf(connections, rates, seesResponses(view)),
  };
}

function loadOf({ active, inactive }: PublicConnections, rates: Rates | null, sees: boolean): Load {
  return {
    active,
    inactive,
    connections: rates && rounded(rates.connections),
    inBytes: rates && rounded(rates.inBytes),
    outBytes: sees ? rates && rounded(rates.outBytes) : null,
  };
}

/** Rates are averages: more than three decimals say nothing. */
function rounded(rate: number): number {
  return Math.max(0, Math.round(rate * 1000) / 1000);
}

function seesResponses({ realServers }: PublicServiceView): boolean {
  return (
    realServers.length === 0 ||
    realServers.some(({ realServer, counters }) => areResponsesSeen(realServer, counters))
  );
}
