import { visible } from '../ipvs/visible.ts';

/** The character that rings the terminal's bell. */
export const bell = '\x07';

/** Longest text of a notification: some terminals show all of it. */
const longestText = 200;

/**
 * Has the terminal notify its user, where it knows OSC 9; others show nothing. tmux and GNU screen keep that to
 * themselves, and are asked to pass it on. tmux does so after "set -g allow-passthrough on" only, so its bell rings too;
 * Linux's own console has nobody to notify, and its bell rings instead.
 */
export function notification(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): string {
  const { TERM = '', TMUX = '', STY = '' } = environment;
  const sequence = `\x1b]9;${visible(text).slice(0, longestText)}\x07`;
  if (TMUX !== '') return `\x1bPtmux;\x1b${sequence}\x1b\\${bell}`;
  if (STY !== '') return `\x1bP${sequence}\x1b\\`;
  return TERM === 'linux' ? bell : sequence;
}
