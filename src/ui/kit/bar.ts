/**
 * A bar for a value from 0 to 1 in exactly `width` cells, to half a cell; a thin line shows how long a full one would
 * be. Anything above 0 shows.
 */
export function bar(value: number, width: number): string {
  const parts = Math.round(Math.min(1, Math.max(0, value)) * width * 2);
  const shown = value > 0 ? Math.max(1, parts) : 0;
  const filled = '━'.repeat(shown >> 1) + (shown % 2 === 0 ? '' : '╸');
  return filled + '─'.repeat(Math.max(0, width - filled.length));
}
