import { afterEach, describe, expect, test } from 'vitest';
import { smallSite } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

describe('the help', () => {
  test('stands in two columns where there is room, and in one where there is not', async () => {
    screen = await openScreen({ columns: 220, rows: 60, view: smallSite() });
    await screen.press('?');
    expect(screen.text()).toMatch(/Movement .* {3}\S/);
    await screen.press('escape');
    await screen.resize(120, 60);
    await screen.press('?');
    expect(screen.text()).toMatch(/│ +Movement +│/);
  });

  test('of a pane tells its own keys and the commands that work in it, and not those of the table', async () => {
    screen = await openScreen({ columns: 120, rows: 60, view: smallSite() });
    await screen.press('g', 'enter', '?');
    expect(screen.text()).toContain('Help of this pane');
    expect(screen.text()).toMatch(/← → +read charts/);
    expect(screen.text()).toMatch(/Esc +back/);
    expect(screen.text()).toContain(':drain');
    expect(screen.text()).not.toContain(':sort-left');
  });
});

test('a key without a meaning says so, once', async () => {
  screen = await openScreen({ view: smallSite() });
  await screen.press('Q');
  expect(screen.text()).toContain('Q means nothing here; ? shows all keys');
  await screen.press('down', 'Q');
  expect(screen.text()).not.toContain('means nothing here');
});

test('a form asks for what is missing, and calls nothing wrong before anything is typed', async () => {
  screen = await openScreen({ view: smallSite() });
  await screen.press('a');
  expect(screen.text()).toContain('type one like tcp:203.0.113.10:80');
  expect(screen.text()).not.toContain('✗');
  await screen.type('tcp');
  expect(screen.text()).toContain('✗');
});
