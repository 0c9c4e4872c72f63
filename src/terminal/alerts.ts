import { visible } from '../ipvs/visible.ts';

/** Rings the terminal's bell. */
export const bell = '\x07';

/** Longest text of a notification: some terminals show all of it. */
const longestText = 200;

/** Has the terminal notify its user, where it knows OSC 9; others show nothing. */
export function notification(text: string): string {
  return `\x1b]9;${visible(text).slice(0, longestText)}\x1b\\`;
}
