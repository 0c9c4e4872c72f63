import xterm from '@xterm/headless';
import { expect, test } from 'vitest';
import { RefreshedLines } from '../../src/terminal/refreshed-lines.ts';

const terminal = new xterm.Terminal({ cols: 20, rows: 6, allowProposedApi: true });

async function shown(text: string): Promise<string[]> {
  await new Promise<void>((resolve) => terminal.write(text.replaceAll('\n', '\r\n'), resolve));
  const { active } = terminal.buffer;
  return Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
}

test('lines take the place of those before them, and leave what stands above', async () => {
  const lines = new RefreshedLines();
  await shown('$ lvstop watch\n');
  await shown(lines.next(['one', 'two longer', 'three'], 20));
  expect(await shown(lines.next(['ONE', 'TWO'], 20))).toEqual(['$ lvstop watch', 'ONE', 'TWO', '', '', '']);
  // Where the bottom is reached the terminal scrolls, and the next ones find their place all the same.
  await shown(lines.next(['1', '2', '3', '4', '5'], 20));
  const all = await shown(lines.next(['a', 'b', 'c', 'd', 'e'], 20));
  expect(all.filter((line) => line !== '')).toEqual(['$ lvstop watch', 'a', 'b', 'c', 'd', 'e']);
});

test('they begin anew where the width has changed, since what wrapped cannot be found again', async () => {
  const lines = new RefreshedLines();
  lines.next(['one'], 20);
  expect(lines.next(['one'], 30)).not.toContain('A\r');
});
