import type { Counters, Rates } from '../ipvs/counters.ts';
import type { DirectorInfo } from '../ipvs/director-info.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { SavedService } from './ipvsadm.ts';

/** A table at one moment, as the formats write it. What the sampler shows fits into it. */
export interface Listing {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly director: ListedDirector;
  /** Where the rates come from: the kernel's slow average, or true ones from counter steps. */
  readonly rateSource: RateSource;
  readonly services: readonly ListedService[];
}

/** `kernel average` follows the truth over some 20 s (`ip_vs_est.c`); `counter steps` is true after 4 s. */
export type RateSource = 'kernel average' | 'counter steps';

/** The director of a listing. */
export interface ListedDirector {
  readonly hostName: string;
  readonly source: 'kernel' | 'simulated';
  /** `null` while it cannot be read. */
  readonly info: DirectorInfo | null;
  readonly state: 'live' | 'frozen-counters' | 'lost';
  /** Why it is lost; `null` while it is not. */
  readonly error: string | null;
}

/** A service in a listing. */
export interface ListedService {
  readonly service: Service;
  readonly counters: Counters;
  /** `null` until they are known. */
  readonly rates: Rates | null;
  readonly realServers: readonly ListedRealServer[];
}

/** A real server in a listing. */
export interface ListedRealServer {
  readonly realServer: RealServer;
  readonly connections: { readonly active: number; readonly inactive: number; readonly persistent: number };
  readonly counters: Counters;
  /** `null` until they are known. */
  readonly rates: Rates | null;
}

/** What of a listing is saved: settings, and nothing that moves by itself. */
export function savedServices({ services }: Listing): SavedService[] {
  return services.map(({ service, realServers }) => ({
    service,
    realServers: realServers.map(({ realServer }) => realServer),
  }));
}
