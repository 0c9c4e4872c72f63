import type { View } from '../../sampling/view.ts';

/** Milliseconds that one reading of the traffic stands for: the kernel's counters move that often. */
export const trafficPeriod = 2000;
/** Readings that are kept: eight minutes, more than the widest graph shows. */
const mostReadings = 240;

/** What all services carried together, reading by reading, the oldest first; NaN where it was not known. */
export interface Traffic {
  /** Number of the newest reading, so that readings which share a cell stay together from frame to frame. */
  readonly newest: number;
  /** New connections a second. */
  readonly connections: readonly number[];
  /** Bytes a second, in and out together. */
  readonly bytes: readonly number[];
}

/** Before the first reading. */
export const noTraffic: Traffic = { newest: 0, connections: [], bytes: [] };

/** The traffic with a view's rates added: as a new reading, or in place of the newest one while its period lasts. */
export function withView(traffic: Traffic, { time, totals: { rates } }: View): Traffic {
  if (rates === null) return traffic;
  const newest = Math.floor(time / trafficPeriod);
  const passed = traffic.connections.length === 0 ? 1 : newest - traffic.newest;
  // A clock that was set back tells nothing about what lies between.
  const added = passed < 0 ? 1 : Math.min(passed, mostReadings);
  const extended = (readings: readonly number[], value: number) => {
    const kept = added === 0 ? readings.slice(0, -1) : readings;
    // A rate holds for all the time since the reading before.
    const more = Array.from({ length: Math.max(1, added) }, () => value);
    return [...kept, ...more].slice(-mostReadings);
  };
  return {
    newest,
    connections: extended(traffic.connections, rates.connections),
    bytes: extended(traffic.bytes, rates.inBytes + rates.outBytes),
  };
}
