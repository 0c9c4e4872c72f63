import type { Desk } from '../state/desk.ts';
import type { Played } from '../state/speed.ts';

/** What the operator can hold and speed up: a recording, or simulated time; `undefined` where time is the machine's. */
export function playedOf({ getState, lookingBack, pacedTime }: Desk): Played | undefined {
  return getState().replay === null ? pacedTime : lookingBack;
}
