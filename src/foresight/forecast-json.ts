import { formatService } from '../ipvs/identity.ts';
import type { Forecast, ServerForecast, ServerOutlook, Spread } from './forecast.ts';
import { serverName } from './forecast-table.ts';
import { statementsOf } from './statements.ts';

/** A forecast as the object that is printed as JSON. */
export function forecastObject(forecast: Forecast) {
  return {
    service: formatService(forecast.service.identity),
    seconds: forecast.seconds,
    runs: forecast.runs,
    arrivalsPerSecond: rounded(forecast.arrivals),
    rejected: { without: spread(forecast.rejected.without), with: spread(forecast.rejected.with) },
    realServers: forecast.servers.map(serverObject),
    statements: statementsOf(forecast),
    premises: forecast.premises,
  };
}

function serverObject(server: ServerForecast) {
  return {
    realServer: serverName(server),
    without: server.without && outlook(server.without),
    with: server.with && outlook(server.with),
  };
}

function outlook(of: ServerOutlook) {
  return {
    connectionsPerSecond: spread(of.connectionsPerSecond),
    share: of.share && spread(of.share),
    active: spread(of.active),
    inactive: spread(of.inactive),
    mostActive: rounded(of.mostActive),
    heldShare: rounded(of.held),
    fullAfterSeconds: of.fullAfter && spread(of.fullAfter),
    emptyAfterSeconds: of.emptyAfter && {
      active: spread(of.emptyAfter.active),
      all: spread(of.emptyAfter.all),
    },
  };
}

function spread({ mean, low, high }: Spread) {
  return { mean: rounded(mean), low: rounded(low), high: rounded(high) };
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
