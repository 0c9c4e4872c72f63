import type { InterfaceView } from '../host-view.ts';

/** An interface that could stand for the machine's traffic. */
export interface Candidate {
  /** The kernel's name, not made visible. */
  readonly rawName: string;
  /** Bytes since it came up, both directions. */
  readonly carried: number;
  readonly view: InterfaceView;
}

/** To take the place of the interface that is shown, another one must carry so many times its traffic. */
const margin = 1.25;

const loopback = 'lo';

/**
 * The interface to show where there is room for one. `previous` is the raw name of the one shown so far: a bond and its
 * only active member carry the same, and would change places at every tick. `isDown` reads a file, so it is called only
 * for interfaces that carried nothing; on an idle machine that is the one shown.
 */
export function chooseBusiest(
  candidates: readonly Candidate[],
  previous: string | null,
  isDown: (rawName: string) => boolean,
): Candidate | null {
  const ordered = candidates.filter(({ rawName }) => rawName !== loopback).sort(byTraffic);
  const usable = (candidate: Candidate) => trafficOf(candidate) > 0 || !isDown(candidate.rawName);
  const shown = ordered.find(({ rawName }) => rawName === previous);
  const [first] = ordered;
  if (shown && first && trafficOf(first) <= trafficOf(shown) * margin && usable(shown)) return shown;
  const onlyLoopback = candidates.find(({ rawName }) => rawName === loopback);
  return ordered.find(usable) ?? onlyLoopback ?? first ?? null;
}

function byTraffic(left: Candidate, right: Candidate): number {
  return trafficOf(right) - trafficOf(left) || right.carried - left.carried;
}

function trafficOf({ view }: Candidate): number {
  return view.inBytesPerSecond + view.outBytesPerSecond;
}
