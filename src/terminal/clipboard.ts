/** Bytes of text that terminals take at most, as the strictest of them has it (hterm, and xterm's buffer). */
const longestText = 70_000;

/** Has the terminal put a text on the clipboard of whoever sits at it, over SSH too (OSC 52); `null` for one that is too long. */
export function clipboardSequence(text: string): string | null {
  const bytes = Buffer.from(text);
  return bytes.length > longestText ? null : `\x1b]52;c;${bytes.toString('base64')}\x07`;
}

/** Whether a terminal takes what is sent to its clipboard: nothing tells for sure, since none of them answers. */
export type ClipboardOutlook =
  | { readonly kind: 'known' }
  | { readonly kind: 'doubtful' | 'refused'; readonly reason: string };

/** Values of TERM and TERM_PROGRAM of terminals that take it without having been set up for that. */
const taking = /^(xterm-kitty|foot|alacritty|wezterm|contour|rio|xterm-ghostty|ghostty|iTerm\.app|WezTerm)/i;

/** What the environment tells of the terminal's clipboard. */
export function clipboardOutlook(
  environment: Readonly<Record<string, string | undefined>>,
): ClipboardOutlook {
  const { TERM = '', TERM_PROGRAM = '', TMUX, STY } = environment;
  if (TMUX !== undefined && TMUX !== '')
    return { kind: 'doubtful', reason: 'tmux passes it on only after "set -g set-clipboard on"' };
  if (STY !== undefined && STY !== '')
    return { kind: 'refused', reason: 'GNU screen does not pass it on; select the text with the mouse' };
  if (/^(linux|dumb|vt\d+)/.test(TERM))
    return { kind: 'refused', reason: `a terminal of TERM=${TERM} has no clipboard` };
  if (taking.test(TERM) || taking.test(TERM_PROGRAM)) return { kind: 'known' };
  return { kind: 'doubtful', reason: 'whether this terminal takes it (OSC 52) cannot be known' };
}
