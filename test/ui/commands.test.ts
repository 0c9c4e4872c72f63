import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/formats/settings/settings.ts';
import { commandOfKey, commands } from '../../src/ui/commands.ts';
import { footerLines } from '../../src/ui/frame/footer.ts';
import { keyLabel } from '../../src/ui/kit/key-label.ts';
import { lineText } from '../../src/ui/kit/page.ts';
import { stateOfSettings } from '../../src/ui/state/screen-settings.ts';
import { changed, initialState } from '../../src/ui/state/screen-state.ts';
import { type OpenDesk, openDesk } from './desk.ts';
import { smallSite } from './fixed-view.ts';
import { key } from './keys.ts';

/** Commands that may have nothing to do. */
const idle: ReadonlySet<string> = new Set([
  ...['up', 'down', 'page-up', 'page-down', 'half-page-up', 'half-page-down', 'top', 'bottom'],
  ...['open', 'close'],
  ...[
    'clear-filter',
    'untag',
    'tag-all',
    'tag-range',
    'tag-invert',
    'fold',
    'sort',
    'sort-left',
    'sort-right',
    'reverse',
    'flat',
  ],
]);

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
    for (const name of ['escape', 'ctrl+c']) expect(commandOfKey(key(name)), name).toBeUndefined();
    // An n too many only searches on.
    expect(commandOfKey(key('n'))?.id).toBe('search-next');
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

/** The line of keys below the table on a screen so wide. */
function bar(width: number, view = smallSite()): string {
  const state = changed(initialState(stateOfSettings(defaultSettings)), { view });
  return footerLines(state, commands, width, 20).map(lineText).at(-1) ?? '';
}

describe('the bar', () => {
  it.each([40, 60, 80, 120, 200, 300])('fits into %i columns, help and quit always in it', (columns) => {
    expect(bar(columns).length).toBeLessThanOrEqual(columns);
    expect(bar(columns)).toMatch(/\? help {2}q quit$/);
  });

  it('has every command that belongs there where there is room', () => {
    // What leads through a recording is offered in one.
    for (const { bar: label, group } of commands)
      if (label !== undefined) expect(bar(300).includes(label)).toBe(group !== 'Time');
  });
});

/** What the state shows of what a key has done. */
function outcome({ controller, dialog, pane, said, requests }: OpenDesk): unknown {
  const { view: _, host: __, rows, dialog: ___, pane: ____, ...rest } = controller.getState();
  return {
    ...rest,
    keys: [...rows].map(({ key: name }) => name),
    dialog,
    pane,
    said,
    requests: [...requests],
  };
}

describe('every command', () => {
  it.each(
    commands.filter(({ id }) => id !== 'quit' && id !== 'suspend').map(({ id, keys }) => [id, keys] as const),
  )('%s does something or says why not, on every kind of row and on none', async (id, names) => {
    const desk = await openDesk();
    desk.controller.setTableArea({ y: 3, height: 20, width: 100 });
    for (const place of [['down', 'down', 'down', 'down'], ['g'], ['/', ...'nowhere', 'enter']]) {
      desk.press(...place);
      for (const name of names) {
        const before = outcome(desk);
        desk.press(name);
        // A movement may be at its end, and what is cleared may be clear.
        if (!idle.has(id)) expect(outcome(desk), `${name} at ${place}`).not.toEqual(before);
        desk.press('escape');
        expect(desk.controller.getState()).toMatchObject({ dialog: null, pane: null, typed: null });
      }
    }
    expect(desk.requests.filter((request) => !/^(redraw|mouse (on|off))$/.test(request))).toEqual([]);
  });

  it.each([
    ['w', 'WeightDialog'],
    ['+', 'WeightDialog'],
    ['m', 'ModeDialog'],
    ['s', 'ChoiceDialog'],
    ['a', 'FormDialog'],
    ['r', 'FormDialog'],
    ['e', 'FormDialog'],
    ['y', 'FormDialog'],
    ['D', 'DrainDialog'],
    ['x', 'ConfirmDialog'],
    ['z', 'ConfirmDialog'],
    ['S', 'SaveDialog'],
    ['i', 'ScriptDialog'],
    ['d', 'IntervalDialog'],
    ['o', 'SortDialog'],
    ['f2', 'SettingsDialog'],
    ['?', 'HelpDialog'],
  ])('%s opens its dialog, which is left with Esc', async (name, dialog) => {
    const desk = await openDesk();
    desk.press('down', name);
    expect(desk.dialog).toBe(dialog);
    desk.press('escape');
    expect(desk.dialog).toBeNull();
  });

  it.each([
    ['enter', 'DetailPane'],
    ['!', 'FindingsPane'],
    ['W', 'WalkPane'],
    ['J', 'JournalPane'],
  ])('%s opens its pane, which is left with Esc', async (name, pane) => {
    const desk = await openDesk();
    desk.press('down', name);
    expect(desk.pane).toBe(pane);
    desk.press('escape');
    expect(desk.pane).toBeNull();
  });

  it('that asks the program for something does so', async () => {
    const desk = await openDesk();
    desk.press('ctrl+z', 'ctrl+l', 'M', 'f10');
    expect(desk.requests).toEqual(['suspend', 'redraw', 'mouse on', 'quit']);
  });
});
