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

it('what was foretold before an edit is not told after it', async () => {
  await openAt('10.0.0.21:8080', { columns: 120, rows: 36 });
  await screen.press('w', '9');
  await shown(/10\.0\.0\.21:8080 .*37 % → 64 %/);
  await screen.press('escape', '\\', 'down', 'w', '9', 'enter');
  await until('it is done', () => /10\.0\.0\.22:8080 +NAT +9 /.test(screen.text()));
  await screen.press('up', 'w', '9');
  await shown(/10\.0\.0\.21:8080 .*21 % → 45 %/);
});

it('the edit does not wait for what is foretold', async () => {
  await openAt('10.0.0.21:8080');
  await screen.press('w', '9', 'enter');
  await until('it is done', () => /weight 3 → 9/.test(screen.text()));
  expect(screen.text()).not.toContain('foretold');
});

describe.each([
  [80, 24],
  [120, 36],
])('at %i by %i the dialog', (columns, rows) => {
  /** Goes over the table, and at some rows of it has a dialog opened, looked at and left. */
  async function atRows(look: (row: string) => Promise<void>): Promise<void> {
    screen = await openScreen({ columns, rows });
    for (const move of [[], Array<string>(4).fill('down'), Array<string>(5).fill('down'), ['pagedown']]) {
      await screen.press(...move);
      if (screen.controller.getState().cursorKey?.includes(' ') !== true) await screen.press('down');
      await look(screen.controller.getState().cursorKey?.split(' ')[1] ?? '');
      await screen.press('escape');
    }
  }

  function expectRow(name: string): void {
    const lines = screen.lines().filter((line) => line.startsWith('▌') && line.includes(name));
    expect(lines, `${name}\n${screen.text()}`).toHaveLength(1);
  }

  /** What stands in the dialog, as one line. */
  function inside(): string {
    const lines = screen.lines().flatMap((line) => /│ (.*) │/.exec(line)?.[1] ?? []);
    return lines.join(' ').replace(/ +/g, ' ');
  }

  it.each(['+', 'D'])('that %s opens leaves its row in sight and tells what is foretold', async (key) => {
    await atRows(async (row) => {
      await screen.press(key);
      await shown(/foretold in 5 min/);
      await screen.press();
      expectRow(row);
      expect(screen.text()).toContain('assumed: ');
      expect(screen.text()).not.toContain('… cut');
    });
  });

  it.each([
    ['s', ['home', 'end', 'up'], ['ipvsadm -E', 'rejected; established ones keep their real server']],
    ['e', ['tab', '5'], ['ipvsadm -e', '-w']],
    ['a', ['f', 'w', 'm', ':', '9'], ['ipvsadm -A -f 9']],
  ])('that %s opens leaves its row in sight and tells what would be done', async (key, keys, told) => {
    await atRows(async (row) => {
      await screen.press(key, ...keys);
      expectRow(row);
      for (const text of told) expect(inside()).toContain(text);
      expect(screen.text()).not.toContain('… cut');
    });
  });

  it('of a mode cuts nothing, and leaves its row in sight where the warnings leave room', async () => {
    await atRows(async (row) => {
      await screen.press('m', 'd');
      if (inside().includes('nothing would change')) await screen.press('n');
      expect(inside()).toMatch(/ipvsadm -.* ▲ /);
      if (rows > 24) expectRow(row);
      expect(screen.text()).not.toContain('… cut');
    });
  });
});
