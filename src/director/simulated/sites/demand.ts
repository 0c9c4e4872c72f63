import type { KnownProtocol } from '../../../ipvs/protocol.ts';
import type { Course } from './course.ts';

/** Packets and bytes, in from the client and out to it. */
export interface Volume {
  readonly inPackets: number;
  readonly outPackets: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

/** How long a part of the connections stays active. */
export interface Lifetime {
  /** Part of all connections, 0 to 1; the parts of a demand add up to 1. */
  readonly share: number;
  /** Mean duration, seconds; durations are spread exponentially. */
  readonly seconds: number;
}

/** What clients want of a service. They keep wanting it while nothing is there that serves them. */
export interface Demand {
  /** Protocol of the connections; it matters under firewall marks, whose services have none. */
  readonly protocol: KnownProtocol;
  /** New connections a second, on average. */
  readonly connectionsPerSecond: number;
  /** How far the load swings around the average, 0 to 1. */
  readonly swing: number;
  /** Seconds of a swing. */
  readonly period: number;
  /** Where in the swing it begins, 0 to 1. */
  readonly phase: number;
  /** How the average itself changes; it stays as it is where this is left out. */
  readonly course?: Course;
  /** Irregularity, 0 to 1. At 0 connections come like clockwork. */
  readonly noise: number;
  /** How many client addresses there are; some come much more often than others. */
  readonly clients: number;
  /** How many addresses the clients ask for; more than 1 makes sense under a firewall mark. */
  readonly destinations: number;
  /** How long TCP and SCTP connections stay active; empty for UDP, whose never are. */
  readonly lifetimes: readonly Lifetime[];
  /** What each new connection carries at its beginning. */
  readonly opening: Volume;
  /** What each active connection carries in a second. */
  readonly flowing: Volume;
}
