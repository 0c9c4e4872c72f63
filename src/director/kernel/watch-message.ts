import type { ProcessFacts } from '../../host/processes/process-facts.ts';

/** What the thread of a watch is started with. */
export interface WatchOrders {
  /** An eventfd that can be read after `control` was changed. */
  readonly wake: number;
  /** Words of 32 bits, whose places `controls` names. */
  readonly control: SharedArrayBuffer;
}

/** Places in `WatchOrders.control`: 1 for the thread to end, and how many questions were put whether all is told. */
export const controls = { end: 0, asked: 1, length: 2 } as const;

/** Who sent a datagram. */
export type Sender =
  | { readonly kind: 'process'; readonly facts: ProcessFacts }
  | { readonly kind: 'gone'; readonly pid: number }
  | { readonly kind: 'unknown' };

/** A datagram that was mirrored. */
export interface SeenDatagram {
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Netlink port of the socket that asked, from the message's header. */
  readonly port: number;
  readonly sender: Sender;
}

/** What the thread tells. */
export type WatchMessage =
  | { readonly kind: 'begun'; readonly family: number }
  | { readonly kind: 'seen'; readonly datagrams: readonly SeenDatagram[]; readonly lost: number }
  /** All requests before the question of that number have been told. */
  | { readonly kind: 'settled'; readonly asked: number }
  | { readonly kind: 'failed'; readonly operation: string; readonly errno: string };
