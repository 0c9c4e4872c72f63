import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, type SaveOutcome, type Settings } from '../../src/formats/settings/settings.ts';
import { loadInk } from '../../src/ui/kit/ink.ts';
import { settingsOfState, stateOfSettings } from '../../src/ui/state/screen-settings.ts';
import { initialState } from '../../src/ui/state/screen-state.ts';
import { columnById } from '../../src/ui/table/columns.ts';
import { placeColumns } from '../../src/ui/table/place-columns.ts';
import { type OpenDesk, startDesk } from './desk.ts';
import { type ShownDialogs, showDialogs } from './show-dialogs.ts';

let desk: OpenDesk;
let dialogs: ShownDialogs;
let saved: Settings[];
let outcome: SaveOutcome;

beforeAll(loadInk);
beforeEach(() => open());
afterEach(() => dialogs.close());

/** The desk with the demo's table, 120 cells wide. */
async function open(settings: Settings = defaultSettings): Promise<void> {
  saved = [];
  outcome = { isSaved: true, text: 'saved in a file' };
  desk = startDesk({
    settings,
    saveSettings: (given) => {
      saved.push(given);
      return outcome;
    },
  });
  await desk.read();
  desk.controller.setTableArea({ y: 3, height: 60, width: 120 });
  dialogs = showDialogs(desk.controller, 120, 70);
}

/** Presses keys by name; a single character types itself, `Tab*3` comes three times. */
async function press(...names: readonly string[]): Promise<void> {
  desk.press(
    ...names.flatMap((given) => {
      const [name = '', times = '1'] = given.split('*');
      return Array<string>(Number(times)).fill(name);
    }),
  );
  await dialogs.drawn();
}

/** Titles of the columns on the screen. */
function titles(): string[] {
  const { nameWidth, columns } = desk.controller.getState();
  return placeColumns(desk.controller.tableWidth, nameWidth, columns).map(({ column }) => column.title);
}

/** Lines of the open dialog. */
function dialog(): string[] {
  return dialogs.lines().slice(1, -1);
}

/** Puts the cursor of the dialog on a column. */
async function goTo(id: string): Promise<void> {
  const title = columnById(id)?.title ?? '';
  const lines = dialog().filter((line) => line.startsWith('['));
  await press(
    'home',
    `down*${lines.findIndex((line) => line.slice('[x]  '.length).startsWith(`${title} `))}`,
  );
}

describe('columns', () => {
  it('are automatic until something is chosen', async () => {
    const before = titles();
    await press('f2');
    expect(dialog().filter((line) => line.startsWith('[x]')).length).toBe(before.length);
    expect(dialog()).toContain('automatic: as many as fit 120 cells');
    expect(desk.controller.getState().columns).toBeNull();
  });

  it('that are chosen show at once, and Enter keeps them', async () => {
    await press('f2');
    await goTo('share');
    await press('space');
    await goTo('peak');
    await press('space');
    expect(titles()).not.toContain('SHARE/DUE');
    expect(titles()).toContain('PEAK/s');
    expect(saved).toEqual([]);
    await press('enter');
    expect(saved).toEqual([{ ...defaultSettings, columns: desk.controller.getState().columns }]);
    expect(saved[0]?.columns).toContain('peak');
    expect(desk.controller.getState()).toMatchObject({
      dialog: null,
      message: { kind: 'done', text: 'saved in a file' },
    });
    await press('f2');
    await goTo('peak');
    expect(dialog().find((line) => line.includes('PEAK/s'))).toMatch(/^\[x\]/);
  });

  it.each(['escape', 'ctrl+c'])('are taken back by %s', async (key) => {
    const before = titles();
    await press('f2', 'down', 'space', 'tab', 'down', 'right', 'tab', key);
    expect(desk.controller.getState().dialog).toBeNull();
    expect(titles()).toEqual(before);
    expect(settingsOfState(desk.controller.getState())).toEqual(defaultSettings);
    expect(saved).toEqual([]);
  });

  it('move with the arrows, but not past the name, which stays', async () => {
    await press('f2');
    await goTo('weight');
    await press('left', 'left', 'left', 'left');
    expect(titles().slice(0, 3)).toEqual(['SERVICE / REAL SERVER', 'WEIGHT', 'MODE']);
    await press('right');
    expect(titles().slice(0, 3)).toEqual(['SERVICE / REAL SERVER', 'MODE', 'WEIGHT']);
    await press('home', 'right', 'space');
    expect(titles()[0]).toBe('SERVICE / REAL SERVER');
  });

  it('that do not fit are named', async () => {
    desk.controller.setTableArea({ y: 3, height: 20, width: 60 });
    dialogs.resize(60, 70);
    await press('f2');
    for (const id of ['totalInBytes', 'totalOutBytes', 'averageOutPackets']) {
      await goTo(id);
      await press('space');
    }
    const [line = ''] = dialog().filter((candidate) => candidate.startsWith('! '));
    expect(line).toBe('! not in 60 cells: IN BYTES, OUT BYTES, AVG OUT p/s');
    expect(dialog().find((candidate) => candidate.includes('] ') && candidate.includes('AVG OUT p/s'))).toBe(
      undefined,
    );
    expect(dialog().find((candidate) => candidate.startsWith('[x]!'))).toContain('IN BYTES');
    expect(titles()).not.toContain('IN BYTES');
    desk.controller.setTableArea({ y: 3, height: 20, width: 160 });
    expect(titles()).toContain('AVG OUT p/s');
    dialogs.resize(160, 70);
    await dialogs.drawn();
    expect(dialog()).toContain('all chosen columns fit 160 cells');
  });

  it('become automatic again with a', async () => {
    const before = titles();
    await press('f2', 'down', 'space', 'a');
    expect(titles()).toEqual(before);
    await press('enter');
    expect(saved).toEqual([defaultSettings]);
  });

  it('can be chosen on a low and narrow screen', async () => {
    await press('f2', 'end');
    dialogs.resize(120, 10);
    await dialogs.drawn();
    const lines = dialog().slice(1, -1);
    expect(lines.length).toBeLessThanOrEqual(6);
    expect(lines.some((line) => line.includes('AVG OUT p/s'))).toBe(true);
  });

  it('come from the settings of the start', async () => {
    await open({ ...defaultSettings, columns: ['totalConnections', 'name', 'weight'] });
    expect(titles()).toEqual(['SERVICE / REAL SERVER', 'TOTAL CONN', 'WEIGHT']);
  });
});

describe('settings', () => {
  /** Opens the page of settings with the cursor on the line of that name. */
  async function openAt(name: string): Promise<void> {
    await press('f2', 'tab');
    await press('home', `down*${dialog().findIndex((line) => line.trim().startsWith(name))}`);
  }

  it('change at once what they are about', async () => {
    await openAt('refresh');
    await press('right');
    expect([desk.controller.getState().interval, desk.sampler.interval]).toEqual([2, 2]);
    await press('left', 'left', 'enter');
    expect(saved).toEqual([{ ...defaultSettings, interval: 0.5 }]);
  });

  it('order the rows under the dialog', async () => {
    await openAt('sort by');
    const before = [...desk.controller.getState().rows].map(({ key }) => key);
    await press('left');
    await press('down', 'right');
    const { sortColumn, reverse, rows } = desk.controller.getState();
    expect([sortColumn, reverse]).toEqual(['averageOutPackets', true]);
    await press('up', 'right', 'right');
    expect(desk.controller.getState().sortColumn).toBe('name');
    expect([...rows].map(({ key }) => key).sort()).toEqual([...before].sort());
  });

  it('switch between tree and list, characters, colours and mouse', async () => {
    await openAt('layout');
    await press('right', 'down', 'right', 'right', 'down', 'left', 'down', 'right', 'right');
    await press('down', 'left', 'down', 'right', 'enter');
    const look = { characters: 'ascii', color: 'true', theme: 'light', graphs: false } as const;
    expect(saved).toEqual([{ ...defaultSettings, layout: 'flat', ...look, mouse: true }]);
    expect([...desk.controller.getState().rows].every(({ kind }) => kind === 'real server')).toBe(true);
    expect(desk.requests).toEqual(['mouse on']);
  });

  it('offer an interval that is not among the usual ones while it holds', async () => {
    await open({ ...defaultSettings, interval: 1.5 });
    await press('f2', 'tab');
    expect(dialog()[0]).toContain('‹ 1.5 ›');
    await press('right', 'left');
    expect(desk.controller.getState().interval).toBe(1);
  });

  it('say why they could not be saved, and hold for now', async () => {
    outcome = { isSaved: false, text: 'the disk is full' };
    await openAt('layout');
    await press('right', 'enter');
    expect(desk.controller.getState()).toMatchObject({
      flat: true,
      dialog: null,
      message: { kind: 'refusal', text: 'the disk is full' },
    });
  });
});

it('a notice of the start stands in the status line until the next key', async () => {
  const state = initialState(stateOfSettings(defaultSettings), { notice: 'line 3' });
  expect(state.message).toEqual({ kind: 'hint', text: 'line 3' });
});
