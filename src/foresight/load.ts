import type { RealServerName } from '../ipvs/identity.ts';
import type { ClientSpread } from './client-spread.ts';
import type { SessionLengths } from './session-lengths.ts';

/** What a forecast rests on, in words. */
export interface Premise {
  /** `seen`: read from the director; `assumed`: not read, and possibly wrong. */
  readonly basis: 'seen' | 'assumed';
  readonly text: string;
}

/** How long new connections of a real server last. */
export interface ConnectionLife {
  /** How long it is active. */
  readonly active: SessionLengths;
  /** Seconds that it is inactive afterwards, always the same. */
  readonly closingSeconds: number;
}

/** The load that clients put on a service, as far as it is known. It is assumed to go on. */
export interface Load {
  /** New connections a second. */
  readonly arrivals: number;
  /**
   * How the kernel counts them: `active` until they close; `inactive` all the time (UDP); `one-packet` never.
   */
  readonly kind: 'active' | 'inactive' | 'one-packet';
  /** How long connections of a real server last. That depends on whether its responses pass through the director. */
  readonly lifeOf: (realServer: RealServerName, seesResponses: boolean) => ConnectionLife;
  readonly clients: ClientSpread;
  readonly premises: readonly Premise[];
}
