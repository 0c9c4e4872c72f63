import type { Part } from './page.ts';
import type { StyleRole } from './theme.ts';

/** Shares from which on a meter warns, and is alarming. */
const muchShare = 0.7;
const tooMuchShare = 0.9;

/** A share of 0 to 1 as `width` squares, those that are not reached in grey. Anything above 0 shows. */
export function meter(share: number, width: number): readonly Part[] {
  const filled = Math.min(width, Math.ceil(Math.max(0, share) * width - 0.25 / width));
  const role: StyleRole = share >= tooMuchShare ? 'error' : share >= muchShare ? 'warning' : 'good';
  return [
    { text: '■'.repeat(Math.max(0, filled)), role },
    { text: '·'.repeat(width - Math.max(0, filled)), role: 'line' },
  ];
}
