import { visible } from '../../ipvs/visible.ts';
import type { InterfaceView } from '../host-view.ts';
import type { InterfaceCounters } from './interface-counters.ts';

/** The rates of an interface between two readings that are `seconds` apart (more than 0). */
export function ratesBetween(
  name: string,
  before: InterfaceCounters,
  after: InterfaceCounters,
  seconds: number,
): InterfaceView {
  const restarted = hasRestarted(before, after);
  const rate = (counter: keyof InterfaceCounters) =>
    (restarted ? after[counter] : stepOf(before[counter], after[counter])) / seconds;
  return {
    name: visible(name),
    inBytesPerSecond: rate('inBytes'),
    outBytesPerSecond: rate('outBytes'),
    inPacketsPerSecond: rate('inPackets'),
    outPacketsPerSecond: rate('outPackets'),
    inDropsPerSecond: rate('inDrops'),
    outDropsPerSecond: rate('outDrops'),
    inErrorsPerSecond: rate('inErrors'),
    outErrorsPerSecond: rate('outErrors'),
  };
}

/**
 * Whether the counters began anew: the driver was loaded again, or the interface was made again under the same name.
 * Then bytes and packets of one direction fall together, and far, while a counter that wraps falls alone. What the
 * counters show is then what has passed since.
 */
function hasRestarted(before: InterfaceCounters, after: InterfaceCounters): boolean {
  const fell = (counter: keyof InterfaceCounters) => after[counter] < before[counter] / 2;
  return (fell('inBytes') && fell('inPackets')) || (fell('outBytes') && fell('outPackets'));
}

/** Where counters wrap on 32-bit kernels and with drivers that count in 32 bits. */
const wordSize = 2 ** 32;

function stepOf(before: number, after: number): number {
  if (after >= before) return after - before;
  // A quarter of the range at each end: more does not pass within a second on machines that count like that.
  const wrapped = before < wordSize && before >= wordSize * 0.75 && after < wordSize * 0.25;
  // What falls for another reason is a driver that corrected itself: nothing is known to have passed.
  return wrapped ? after + wordSize - before : 0;
}
