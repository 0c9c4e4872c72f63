import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

/** The demo's screen with the cursor on the row that comes last of those that hold the text. */
async function openAt(row: string, draft: ScreenDraft = {}): Promise<void> {
  screen = await openScreen(draft);
  await screen.press('/');
  await screen.type(row);
  await screen.press('enter', 'G');
}

const shown = (text: RegExp) => until(`${text} is shown`, () => text.test(screen.text()));

describe.each([
  [80, 24],
  [120, 36],
  [200, 50],
])('on %i×%i, a preview tells what is foretold of', (columns, rows) => {
  it('a weight', async () => {
    await openAt('10.0.0.21:8080', { columns, rows });
    await screen.press('w');
    await screen.type('9');
    await shown(/foretold in 5 min, without the edit → with it/);
    await shown(/10\.0\.0\.21:8080 .*37 % → 64 %/);
    await shown(/assumed: /);
  });

  it('a drain', async () => {
    await openAt('10.0.0.21:8080', { columns, rows });
    await screen.press('D');
    await shown(/10\.0\.0\.21:8080 .*37 % → 0 %/);
  });
});

it('a scheduler is foretold as the cursor goes over it, where the list leaves room', async () => {
  await openAt('203.0.113.10:80', { columns: 120, rows: 36 });
  await screen.press('g', 's', 'up');
  await shown(/10\.0\.0\.23:8080 .*25 % → 33 %/);
});

it('a mode and a deletion are foretold likewise', async () => {
  await openAt('10.0.0.21:8080', { columns: 120, rows: 50 });
  await screen.press('m', 'down', 'enter');
  await shown(/foretold in 5 min/);
  await screen.press('escape', 'escape', 'x');
  await shown(/10\.0\.0\.21:8080 .*37 % → gone/);
  await shown(/▲ the [\d,]+ active connections of 10\.0\.0\.21:8080 are cut off at once/);
});

it('the edit does not wait for what is foretold', async () => {
  await openAt('10.0.0.21:8080');
  await screen.press('w', '9', 'enter');
  await until('it is done', () => /weight 3 → 9/.test(screen.text()));
  expect(screen.text()).not.toContain('foretold');
});

it.each([
  [80, 24],
  [120, 36],
])(
  'the dialog of a weight leaves the row in sight at %i by %i, wherever that is, and cuts nothing',
  async (columns, rows) => {
    screen = await openScreen({ columns, rows });
    for (const move of [[], ['down', 'down', 'down', 'down'], ['down', 'down', 'down'], ['pagedown']]) {
      await screen.press(...move);
      if (screen.controller.getState().cursorKey?.includes(' ') !== true) await screen.press('down');
      const name = screen.controller.getState().cursorKey?.split(' ')[1] ?? '';
      await screen.press('+');
      await shown(/foretold in 5 min/);
      await screen.press();
      expect(
        screen.lines().filter((line) => line.startsWith('▌') && line.includes(name)),
        name,
      ).toHaveLength(1);
      expect(screen.text()).toContain('assumed: ');
      expect(screen.text()).not.toContain('… cut');
      await screen.press('escape');
    }
  },
);
