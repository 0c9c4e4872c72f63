import type { Counter } from '../../ipvs/counters.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';

/** Connections of a real server at one moment. */
export interface DrainNumbers {
  readonly active: number;
  readonly inactive: number;
  /** Clients, or networks of them, that persistence holds to it. */
  readonly persistent: number;
}

/** When a real server counts as empty: without active connections, or without any. */
export const drainCriteria = ['active', 'all'] as const;
/** One of `drainCriteria`. */
export type DrainUntil = (typeof drainCriteria)[number];

/** What happens to an empty real server: it is deleted, left at weight 0, or gets its old weight back. */
export const drainEndings = ['delete', 'leave', 'restore'] as const;
/** One of `drainEndings`. */
export type DrainEnding = (typeof drainEndings)[number];

/** What was ordered for a drain: all that must be kept to continue it after a restart. */
export interface DrainOrder {
  readonly service: ServiceIdentity;
  readonly realServer: RealServerIdentity;
  /** The weight before the drain. */
  readonly formerWeight: number;
  readonly ending: DrainEnding;
  readonly until: DrainUntil;
  /** Milliseconds since the epoch, or of the clock that readings are taken by. */
  readonly beganAt: number;
  /** Milliseconds after which the drain is given up; `null` for never. */
  readonly timeout: number | null;
}

/**
 * The state of a real server when its drain began, by which a later run can tell whether somebody has touched it
 * since.
 */
export interface DrainMark {
  /** Its settings, as the ipvsadm line that would add it. */
  readonly line: string;
  /**
   * Connections that it had been given until its weight became 0; `null` in the first seconds, while the kernel has
   * not counted all of them.
   */
  readonly connections: Counter | null;
  /**
   * Id of the newest change in the journal at that time; empty where there was none, `null` where the journal could
   * not be read.
   */
  readonly change: string | null;
}

/** One reading of a real server that is being drained. */
export interface DrainReading {
  /** Milliseconds, by the clock of `beganAt`. */
  readonly time: number;
  readonly weight: number;
  readonly numbers: DrainNumbers;
  /** Connections that it was given so far. */
  readonly connections: Counter;
  /** Whether persistence brings clients back even at weight 0. Then the clients it holds count as not yet gone. */
  readonly persistentStillCome: boolean;
}

/**
 * The state of a drain:
 * - `draining`: not empty yet;
 * - `empty`: empty by its criterion;
 * - `timed out`: not empty within its time;
 * - `overtaken`: somebody else has raised the weight;
 * - `gone`: somebody else has deleted the real server or its service.
 */
export type DrainState = 'draining' | 'empty' | 'timed out' | 'overtaken' | 'gone';

/** A drain after the readings so far. Immutable. */
export interface Drain {
  readonly order: DrainOrder;
  readonly state: DrainState;
  /** `null` where the real server could not be read when it began. */
  readonly mark: DrainMark | null;
  /**
   * Whether it was found at the start and ending it would write: then it is watched, but not ended before an operator
   * says so.
   */
  readonly isHeld: boolean;
  /** `null` before the first reading. */
  readonly latest: DrainReading | null;
  /** The greatest number of connections left in any reading. */
  readonly greatest: number;
  /** Connections ended minus connections begun per second, smoothed; negative while their number grows. */
  readonly rate: Smoothed;
  /** When the number of active connections last fell, or the drain began. */
  readonly activeFellAt: number;
  /** Since when nothing is left; `null` while something is. */
  readonly emptySince: number | null;
  /** Successive readings without the real server, or with a weight other than 0. */
  readonly contradictions: number;
}

/** An exponentially weighted average: the older a reading, the less it counts. */
interface Smoothed {
  readonly sum: number;
  /** Sum of the readings' weights, 0 to 1. While it is small, the average covers too little time to be trusted. */
  readonly weight: number;
}

/** What can be told of a drain. */
export interface DrainProgress {
  /** Connections still left, by the criterion. */
  readonly left: number;
  /** 0 to 1; 1 when it is empty. */
  readonly progress: number;
  /** Connections a second by which it empties; 0 while it does not empty. */
  readonly rate: number;
  /** When it will be empty at this rate, by the readings' clock; `null` while that cannot be told. */
  readonly expectedEnd: number | null;
  /** Milliseconds since it began. */
  readonly elapsed: number;
}

/** Milliseconds over which the rate is averaged: a few of the kernel's connection timers. */
const smoothing = 15_000;
/** Least `Smoothed.weight` for telling an expected end: some 4 s of readings. */
const leastWeight = 0.25;
/** An end further away than this many milliseconds (a day) is not told. */
const furthestEnd = 86_400_000;
/**
 * This many successive readings must show that somebody else was at work: one alone may have begun before the weight
 * was written, and a dump of the kernel can miss a row while the table is edited.
 */
const believedContradictions = 2;
/**
 * Milliseconds that a real server must be without active connections: a connection whose handshake is under way does
 * not count as active yet.
 */
const handshake = 3000;
/**
 * Milliseconds after which the counters include all that was before: the kernel updates them every 2 s
 * (`net/netfilter/ipvs/ip_vs_est.c`).
 */
const countersLag = 4000;

/** A drain whose weight was just set to 0. */
export function beginDrain(order: DrainOrder, mark: DrainMark | null = null): Drain {
  return {
    order,
    state: 'draining',
    mark,
    isHeld: false,
    latest: null,
    greatest: 0,
    rate: { sum: 0, weight: 0 },
    activeFellAt: order.beganAt,
    emptySince: null,
    contradictions: 0,
  };
}

/** A drain of a former run, with its greatest number left. It is held unless it only leaves the weight at 0. */
export function takeUpDrain(order: DrainOrder, mark: DrainMark | null, greatest: number): Drain {
  return { ...beginDrain(order, mark), greatest, isHeld: order.ending !== 'leave' };
}

/** Connections, and held clients where these count, that must go before the real server is empty. */
function leftToDrain(until: DrainUntil, { numbers, persistentStillCome }: DrainReading): number {
  const { active, inactive, persistent } = numbers;
  return until === 'active' ? active : active + inactive + (persistentStillCome ? persistent : 0);
}

/**
 * The drain after a reading, which is `null` where the real server did not exist at `time`. A drain that has ended
 * stays as it is.
 */
export function observeDrain(drain: Drain, reading: DrainReading | null, time: number): Drain {
  if (drain.state !== 'draining') return drain;
  const { order, latest } = drain;
  if (reading === null || reading.weight !== 0) {
    const contradictions = drain.contradictions + 1;
    if (contradictions < believedContradictions) return { ...drain, contradictions };
    return { ...drain, contradictions, state: reading === null ? 'gone' : 'overtaken' };
  }
  const left = leftToDrain(order.until, reading);
  const emptySince = left === 0 ? (drain.emptySince ?? time) : null;
  const isEmpty = emptySince !== null && (order.until === 'all' || time - emptySince >= handshake);
  return {
    order,
    mark: settledMark(drain, reading),
    isHeld: drain.isHeld,
    latest: reading,
    greatest: Math.max(drain.greatest, left),
    rate: latest === null ? drain.rate : smoothed(drain.rate, latest, reading, order.until),
    activeFellAt:
      latest !== null && reading.numbers.active < latest.numbers.active ? reading.time : drain.activeFellAt,
    emptySince,
    contradictions: 0,
    state: isEmpty ? 'empty' : isOverdue(order, time) ? 'timed out' : 'draining',
  };
}

/** Puts an empty drain back to draining: something came in before it could be ended. */
export function resumeDrain(drain: Drain): Drain {
  return drain.state === 'empty' ? { ...drain, state: 'draining' } : drain;
}

/** The progress of a drain, by the readings so far. */
export function drainProgress({ order, state, latest, greatest, rate }: Drain): DrainProgress {
  if (latest === null) return { left: greatest, progress: 0, rate: 0, expectedEnd: null, elapsed: 0 };
  const left = leftToDrain(order.until, latest);
  const perSecond = rate.weight === 0 ? 0 : Math.max(0, rate.sum / rate.weight);
  const remaining = perSecond === 0 ? Number.POSITIVE_INFINITY : (left / perSecond) * 1000;
  const isTold = state === 'draining' && rate.weight >= leastWeight && remaining <= furthestEnd;
  return {
    left,
    progress: left === 0 ? 1 : 1 - left / greatest,
    rate: perSecond,
    expectedEnd: isTold ? latest.time + remaining : null,
    elapsed: Math.max(0, latest.time - order.beganAt),
  };
}

function isOverdue({ beganAt, timeout }: DrainOrder, time: number): boolean {
  return timeout !== null && time - beganAt >= timeout;
}

/** The mark, with the connections noted once the counters include all of them. */
function settledMark({ mark, order }: Drain, { time, connections }: DrainReading): DrainMark | null {
  if (mark === null || mark.connections !== null || time - order.beganAt < countersLag) return mark;
  return { ...mark, connections };
}

function smoothed(before: Smoothed, from: DrainReading, to: DrainReading, until: DrainUntil): Smoothed {
  const milliseconds = to.time - from.time;
  if (milliseconds <= 0) return before;
  const kept = Math.exp(-milliseconds / smoothing);
  const rate = ((leftToDrain(until, from) - leftToDrain(until, to)) * 1000) / milliseconds;
  return { sum: before.sum * kept + rate * (1 - kept), weight: before.weight * kept + (1 - kept) };
}
