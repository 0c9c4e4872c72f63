import { expect, it } from 'vitest';
import { smallSite } from './fixed-view.ts';
import { openScreen } from './open-screen.ts';

it('a key of one’s own does what its command does, is shown, and the usual one is free', async () => {
  const keys = { fold: ['B'], search: ['ctrl+s'] };
  const screen = await openScreen({ columns: 200, rows: 50, view: smallSite(), settings: { keys } });
  await screen.press('B');
  expect(screen.controller.getState().closed.size).toBe(5);
  await screen.press('*');
  expect(screen.controller.getState().closed.size).toBe(5);
  await screen.press('?');
  await screen.type('fold');
  expect(screen.text()).toMatch(/B +:fold/);
  screen.close();
});
