import { render } from 'ink';
import { createElement } from 'react';
import { beforeAll, expect, it } from 'vitest';
import { createInkSurface } from '../../../src/terminal/ink-stdout.ts';
import { Box, loadInk, Text } from '../../../src/ui/kit/ink.ts';

beforeAll(loadInk);

/** A text that is broken between words, as Ink draws it in so many cells. */
async function drawn(text: string, width: number): Promise<string[]> {
  const surface = createInkSurface({ columns: width, rows: 4, onFrame: () => undefined });
  const instance = render(
    createElement(Box, { width }, createElement(Text, { wrap: 'wrap' }, text)),
    surface.renderOptions,
  );
  await instance.waitUntilRenderFlush();
  const lines = Array.from({ length: 4 }, (_, y) => surface.grid.rowText(y).trimEnd());
  instance.unmount();
  return lines.filter((line) => line !== '');
}

it('keeps a number with its unit, in blanks as they were', async () => {
  expect(await drawn('foretold in 5 min, without', 13)).toEqual(['foretold in', '5 min,', 'without']);
  expect(await drawn('held for 360 s after a visit', 13)).toEqual(['held for', '360 s after a', 'visit']);
});

it('begins no line with the blank that it breaks at', async () => {
  expect(await drawn('no more than this', 7)).toEqual(['no more', 'than', 'this']);
});
