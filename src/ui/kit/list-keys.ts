import type { KeyEvent } from '../../terminal/keys.ts';

/** By how many lines a key moves in a list or page of `room` lines; `undefined` when it does not move. */
export function listKeys({ name, text, ctrl, alt }: KeyEvent, room: number): number | undefined {
  if (ctrl || alt) return undefined;
  switch (name) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'pageup':
      return -room;
    case 'pagedown':
    case 'space':
      return room;
    case 'home':
      return -Infinity;
    case 'end':
      return Infinity;
  }
  switch (text) {
    case 'k':
      return -1;
    case 'j':
      return 1;
    case 'g':
      return -Infinity;
    case 'G':
      return Infinity;
    default:
      return undefined;
  }
}
