import { afterEach, describe, expect, it } from 'vitest';
import { commandOfKey, commands } from '../../src/ui/commands.ts';
import { keyLabel } from '../../src/ui/kit/key-label.ts';
import { smallSite } from './fixed-view.ts';
import { key } from './keys.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen | undefined;

afterEach(() => {
  screen?.close();
  screen = undefined;
});

describe('the commands', () => {
  it('have each a name of their own, a title and one line of help', () => {
    const ids = commands.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title, help } of commands) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(title, id).not.toBe('');
      expect(help, id).not.toBe('');
      expect(help, id).not.toMatch(/\n|\.$/);
    }
  });

  it('share no key', () => {
    const keys = commands.flatMap((command) => command.keys);
    expect(keys.filter((name, index) => keys.indexOf(name) !== index)).toEqual([]);
  });

  it('are found by their keys as a terminal sends them', () => {
    for (const command of commands) {
      for (const name of command.keys) expect(commandOfKey(key(name)), name).toBe(command);
    }
  });

  it('leave the keys to confirm and to leave a dialog free', () => {
    for (const name of ['n', 'escape', 'ctrl+c']) expect(commandOfKey(key(name)), name).toBeUndefined();
    // A y too many after a confirmation opens a form, which does nothing by itself.
    expect(commandOfKey(key('y'))?.id).toBe('director');
  });

  it.each([
    ['up', ['up', 'k']],
    ['down', ['down', 'j']],
    ['top', ['g', 'home']],
    ['bottom', ['G', 'end']],
    ['open', ['right', 'l']],
    ['close', ['left', 'h']],
    ['detail', ['enter']],
    ['weight-up', ['+']],
    ['weight-down', ['-']],
    ['weight', ['w']],
    ['mode', ['m']],
    ['scheduler', ['s']],
    ['add-service', ['a']],
    ['edit', ['e']],
    ['delete', ['x', 'delete']],
    ['zero', ['z']],
    ['filter', ['/']],
    ['clear-filter', ['\\']],
    ['reverse', ['I']],
    ['flat', ['t']],
    ['tag', ['space']],
    ['untag', ['U']],
    ['freeze', ['p']],
    ['interval', ['d']],
    ['help', ['?', 'f1']],
    ['redraw', ['ctrl+l']],
    ['suspend', ['ctrl+z']],
    ['quit', ['q', 'f10']],
  ])('%s has the keys that operators know', (id, names) => {
    for (const name of names) expect(commandOfKey(key(name))?.id, name).toBe(id);
  });

  it('show their keys as they stand on a keyboard', () => {
    expect(keyLabel('ctrl+z')).toBe('Ctrl-Z');
    expect(keyLabel('pageup')).toBe('PgUp');
    expect(keyLabel('f10')).toBe('F10');
    expect(keyLabel('space')).toBe('Space');
    expect(keyLabel('+')).toBe('+');
    for (const name of commands.flatMap((command) => command.keys)) {
      expect(keyLabel(name), name).not.toMatch(/^[a-z]{2}|ctrl\+/);
    }
  });
});

describe('the bar', () => {
  it.each([40, 60, 80, 120, 200, 300])(
    'fits into %i columns, help and quit always in it',
    async (columns) => {
      screen = await openScreen({ columns, rows: 12, view: smallSite() });
      const bar = screen.lines().at(-1) ?? '';
      expect(bar.length).toBeLessThanOrEqual(columns);
      expect(bar).toMatch(/\? help {2}q quit$/);
    },
  );

  it('has every command that belongs there where there is room', async () => {
    screen = await openScreen({ columns: 300, rows: 12, view: smallSite() });
    const bar = screen.lines().at(-1) ?? '';
    for (const { bar: label } of commands) if (label !== undefined) expect(bar).toContain(label);
  });
});

describe('every command', () => {
  it.each(
    commands.filter(({ id }) => id !== 'quit' && id !== 'suspend').map(({ id, keys }) => [id, keys] as const),
  )('%s does something or says why not, on every kind of row and on none', async (_id, names) => {
    screen = await openScreen({ columns: 100, rows: 30 });
    for (const place of [[], ['down'], ['/', 'n', 'o', 'w', 'h', 'e', 'r', 'e', 'enter']]) {
      await screen.press(...place);
      for (const name of names) {
        await screen.press(name);
        expect(screen.lines()).toHaveLength(30);
        await screen.press('escape');
      }
      expect(screen.controller.getState()).toMatchObject({
        dialog: null,
        filtering: false,
        commandLine: null,
      });
    }
    expect(screen.requests.filter((request) => request !== 'redraw')).toEqual([]);
  });

  it('that asks the program for something does so', async () => {
    screen = await openScreen();
    await screen.press('ctrl+z', 'ctrl+l', 'f10');
    expect(screen.requests).toEqual(['suspend', 'redraw', 'quit']);
  });
});
