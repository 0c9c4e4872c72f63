import type { RealServerName } from '../ipvs/identity.ts';
import type { ClientSpread } from './client-spread.ts';

/** What a foresight rests on, in words. */
export interface Premise {
  /** `seen` was read from the director; `assumed` was not, and may be otherwise. */
  readonly basis: 'seen' | 'assumed';
  readonly text: string;
}

/** How long new connections of a real server are there. */
export interface ConnectionLife {
  /** Mean seconds for which it is active, spread exponentially. */
  readonly activeSeconds: number;
  /** Seconds for which it is inactive afterwards, always the same. */
  readonly closingSeconds: number;
}

/** What clients want of a service, as far as it is known. They are taken to go on wanting it. */
export interface Load {
  /** New connections a second. */
  readonly arrivals: number;
  /**
   * How the kernel counts them: `active` until they close; `inactive` all the time (UDP); `one-packet` never.
   */
  readonly kind: 'active' | 'inactive' | 'one-packet';
  /** How long connections of a real server with responses that pass through the director, or without, are there. */
  readonly lifeOf: (realServer: RealServerName, seesResponses: boolean) => ConnectionLife;
  readonly clients: ClientSpread;
  readonly premises: readonly Premise[];
}
