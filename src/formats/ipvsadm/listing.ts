import type { Counters, Rates } from '../../ipvs/counters.ts';
import type { DirectorInfo } from '../../ipvs/director-info.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { ErrorCode } from '../../ipvs/error-codes.ts';
import { isWholeRealServer, type PublicRealServer } from '../../ipvs/real-server.ts';
import { isWholeService, type PublicService } from '../../ipvs/service.ts';
import type { SavedService } from './ipvsadm.ts';

/** A table at one moment, as the formats write it. */
export interface Listing {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly director: ListedDirector;
  /** Where the rates come from: the kernel's slow average, or true ones from counter steps. */
  readonly rateSource: RateSource;
  readonly services: readonly ListedService[];
}

/** `kernel average` follows the truth over some 20 s (`ip_vs_est.c`); `counter steps` is true after one step, 2 s. */
export type RateSource = 'kernel average' | 'counter steps';

/** The director of a listing. */
export interface ListedDirector {
  /** Whether all was read, or what /proc tells everybody. */
  readonly access: 'full' | 'public';
  readonly hostName: string;
  readonly source: 'kernel' | 'simulated';
  /** `null` while it cannot be read. */
  readonly info: DirectorInfo | null;
  readonly state: 'live' | 'frozen-counters' | 'lost';
  /** Why it is lost; `null` while it is not. */
  readonly error: string | null;
  readonly errorCode: ErrorCode | null;
}

/** A service in a listing. */
export interface ListedService {
  readonly service: PublicService;
  /** `null` where they may not be read. */
  readonly counters: Counters | null;
  /** `null` until they are known, and where they may not be read. */
  readonly rates: Rates | null;
  /** Share of all its director's new connections a second, 0 to 1; `null` until they are known, and where there are none. */
  readonly share: number | null;
  readonly realServers: readonly ListedRealServer[];
}

/** A real server in a listing. */
export interface ListedRealServer {
  readonly realServer: PublicRealServer;
  readonly connections: {
    readonly active: number;
    readonly inactive: number;
    readonly persistent: number | null;
  };
  readonly counters: Counters | null;
  /** `null` until they are known. */
  readonly rates: Rates | null;
  /** Share of its service's new connections in the last minute, 0 to 1; `null` where it is not known, as after one reading. */
  readonly share: number | null;
  /** Share that weights and scheduler would give it, 0 to 1; `null` where that cannot be told. */
  readonly due: number | null;
}

/** A listing as far as it is saved. */
export interface SavedListing {
  readonly services: readonly {
    readonly service: PublicService;
    readonly realServers: readonly { readonly realServer: PublicRealServer }[];
  }[];
}

/**
 * What of a listing is saved: settings, and nothing that moves by itself. Throws an `unreachable` `IpvsError` for a
 * listing of which not all could be read: what is missing would be lost without a word.
 */
export function savedServices({ services }: SavedListing): SavedService[] {
  return services.map(({ service, realServers }) =>
    savedService(
      service,
      realServers.map(({ realServer }) => realServer),
    ),
  );
}

/** What is saved of a service. Throws an `unreachable` `IpvsError` where not all of it could be read. */
export function savedService(service: PublicService, realServers: readonly PublicRealServer[]): SavedService {
  return {
    service: isWholeService(service) ? service : refuseToLose(),
    realServers: realServers.map((realServer) =>
      isWholeRealServer(realServer) ? realServer : refuseToLose(),
    ),
  };
}

function refuseToLose(): never {
  throw new IpvsError({
    code: 'no-right',
    operation: 'save the table',
    object: '',
    reason:
      'thresholds, tunnels and flags cannot be read without the capability CAP_NET_ADMIN and would be lost',
    advice: 'run lvstop with sudo',
  });
}

/** What stands for something that exists and may not be read without the right to it: never 0, which would be a claim. */
export const notReadable = '?';
