import type { ProcessFacts } from '../../host/processes/process-facts.ts';

/** What the thread of a watch begins with. */
export interface WatchOrders {
  /** Can be read when there is something in `control`. */
  readonly wake: number;
  /** Words of `controls`. */
  readonly control: SharedArrayBuffer;
}

/** Places in `WatchOrders.control`: whether to end, and how often it was asked whether all is told. */
export const controls = { end: 0, asked: 1, length: 2 } as const;

/** Whose a datagram is. */
export type Sender =
  | { readonly kind: 'process'; readonly facts: ProcessFacts }
  | { readonly kind: 'gone'; readonly pid: number }
  | { readonly kind: 'unknown' };

/** A datagram that was mirrored. */
export interface SeenDatagram {
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Netlink port of who asked, as the header tells it. */
  readonly port: number;
  readonly sender: Sender;
}

/** What the thread tells. */
export type WatchMessage =
  | { readonly kind: 'begun'; readonly family: number }
  | { readonly kind: 'seen'; readonly datagrams: readonly SeenDatagram[]; readonly lost: number }
  /** All that was asked for before the question of that number is told. */
  | { readonly kind: 'settled'; readonly asked: number }
  | { readonly kind: 'failed'; readonly operation: string; readonly errno: string };
