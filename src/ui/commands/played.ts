import type { Desk } from '../state/desk.ts';
import type { PacedTime } from '../state/paced-time.ts';
import type { Played } from '../state/speed.ts';

/** What the operator can hold and speed up: a recording, or simulated time; `undefined` where time is the machine's. */
export function playedOf(desk: Desk): Played | undefined {
  return desk.getState().replay === null ? desk.pacedTime : desk.lookingBack;
}

/** The simulated time that the screen shows; `undefined` where time is the machine's, and while the past is looked at. */
export function pacedNow(desk: Desk): PacedTime | undefined {
  return desk.getState().replay === null ? desk.pacedTime : undefined;
}
