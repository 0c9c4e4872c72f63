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

test('a key is named as it stands on the keyboard', async () => {
  screen = await openScreen({ view: smallSite() });
  await screen.press('tab');
  expect(screen.text()).toContain('Tab means nothing here');
});

test('hands that know htop, vim, k9s and lazygit find their way', async () => {
  screen = await openScreen({ columns: 80, rows: 14 });
  const { controller } = screen;
  const place = () => controller.getState().rows.indexOf(controller.getState().cursorKey);
  const page = controller.pageHeight;
  await screen.press('ctrl+d');
  expect(place()).toBe(Math.floor(page / 2));
  await screen.press('ctrl+f', 'ctrl+b', 'ctrl+u');
  expect(place()).toBe(0);
  await screen.press('f4');
  await screen.type('wlc');
  await screen.press('enter');
  expect(controller.getState().filter).toBe('wlc');
  await screen.press('escape');
  expect(screen.text()).not.toContain('means nothing');
  await screen.press('\\', 'f5');
  expect(controller.getState().flat).toBe(true);
  await screen.press('f5', 'f6');
  expect(screen.text()).toContain('Sort by');
  await screen.press('escape', 'down', 'f8');
  expect(screen.text()).toContain('now 2   new 3');
  await screen.press('escape', 'f9');
  expect(screen.text()).toContain('Delete this real server?');
  await screen.press('escape', 'enter', 'ctrl+d');
  expect(screen.text()).toMatch(/↑ \d+/);
  await screen.press('ctrl+u');
  expect(screen.text()).not.toMatch(/↑ \d+/);
});

test('a form asks for what is missing, and calls nothing wrong before anything is typed', async () => {
  screen = await openScreen({ view: smallSite() });
  await screen.press('a');
  expect(screen.text()).toContain('type one like tcp:203.0.113.10:80');
  expect(screen.text()).not.toContain('✗');
  await screen.type('tcp');
  expect(screen.text()).toContain('✗');
});
