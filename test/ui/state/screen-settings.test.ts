import { expect, test } from 'vitest';
import { rgb } from '../../../src/terminal/style.ts';
import { themeOf } from '../../../src/ui/state/screen-settings.ts';

const auto = { color: 'auto', theme: 'auto', colors: {} } as const;
const terminal = { colorDepth: '256', ascii: false } as const;

test('the ground of a terminal is kept when it is known, or may still be told', () => {
  expect(themeOf(auto, terminal).grounded).toBeNull();
  expect(themeOf(auto, { ...terminal, background: rgb(255, 255, 255) }).grounded).toBeNull();
});

test('on a ground that stays unknown the theme paints its own: light text might stand on a light one', () => {
  expect(themeOf(auto, { ...terminal, background: 'untold' }).grounded).not.toBeNull();
  expect(themeOf(auto, { ...terminal, colorDepth: '16', background: 'untold' }).grounded).toBeNull();
});
