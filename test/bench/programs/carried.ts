import type { Counters, Rates } from '../../../src/ipvs/counters.ts';

/** Milliseconds between two steps of a row's counters, as the kernel's estimator makes them. */
const estimatorPeriod = 2000;
/** Milliseconds after which the numbers of connections are others. */
const connectionsPeriod = 1000;

/** Connections of a row at that time. */
export function connectionsAt(
  row: number,
  time: number,
): { readonly active: number; readonly inactive: number } {
  const second = Math.floor(time / connectionsPeriod);
  return { active: 100 + ((row * 31 + second * 17) % 400), inactive: 50 + ((row * 17 + second * 29) % 200) };
}

/** What `rows` rows from `first` on have carried until now; each row's counters step at a moment of its own. */
export function carried(
  first: number,
  rows: number,
  time: number,
): { readonly counters: Counters; readonly kernelRates: Rates } {
  const steps = Math.floor((time + ((first * 7) % estimatorPeriod)) / estimatorPeriod);
  // A load that rises and falls, so that what is shown does change.
  const wave = (step: number) => 20 + ((first + step * 5) % 13);
  const connections = rows * 2 * (steps * 26 + wave(steps));
  const kernelRates = scaled(rows * wave(steps));
  return { counters: scaled(connections), kernelRates };
}

function scaled(connections: number): Rates {
  return {
    connections,
    inPackets: connections * 7,
    outPackets: connections * 9,
    inBytes: connections * 900,
    outBytes: connections * 7200,
  };
}
