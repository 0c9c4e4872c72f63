import { render } from 'ink-testing-library';
import { createElement, Fragment } from 'react';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { defaultSettings, type SaveOutcome, type Settings } from '../../src/formats/settings.ts';
import { createSampler, type Sampler } from '../../src/sampling/sampler.ts';
import { keyEvent, NO_MODIFIERS } from '../../src/terminal/input-events.ts';
import { Controller } from '../../src/ui/controller.ts';
import { loadInk } from '../../src/ui/kit/ink.ts';
import { settingsOfState, stateOfSettings } from '../../src/ui/state/screen-settings.ts';
import { initialState } from '../../src/ui/state/screen-state.ts';
import { columnById } from '../../src/ui/table/columns.ts';
import { placeColumns } from '../../src/ui/table/place-columns.ts';

let controller: Controller;
let sampler: Sampler;
let saved: Settings[];
let mouse: boolean[];
let outcome: SaveOutcome;

beforeAll(loadInk);

beforeEach(() => open());

/** The screen with the demo's table, 120 cells wide. */
async function open(settings: Settings = defaultSettings): Promise<void> {
  const director = createSimulatedDirector({ now: () => 0, seed: 1 });
  sampler = createSampler({ director, interval: settings.interval });
  saved = [];
  mouse = [];
  outcome = { isSaved: true, text: 'saved in a file' };
  controller = new Controller({
    director,
    sampler,
    state: initialState(stateOfSettings(settings)),
    quit: () => undefined,
    suspend: () => undefined,
    redraw: () => undefined,
    reportMouse: (on) => mouse.push(on),
    saveSettings: (given) => {
      saved.push(given);
      return outcome;
    },
  });
  controller.onView(await sampler.refresh());
  controller.setTableArea({ y: 3, height: 20, width: 120 });
}

/** Presses keys by name; a single character types itself, `Tab*3` comes three times. */
function press(...keys: readonly string[]): void {
  for (const key of keys) {
    const [name = '', times = '1'] = key.split('*');
    for (let count = 0; count < Number(times); count++) {
      const text = name === 'space' ? ' ' : name.length === 1 ? name : undefined;
      controller.onInput(
        key === 'ctrl+c'
          ? keyEvent('c', { ...NO_MODIFIERS, ctrl: true })
          : keyEvent(name, NO_MODIFIERS, text),
      );
    }
  }
}

/** Titles of the columns on the screen. */
function titles(): string[] {
  const { nameWidth, columns } = controller.getState();
  return placeColumns(controller.tableWidth, nameWidth, columns).map(({ column }) => column.title);
}

/** Lines of the open dialog. */
function dialog(height = 60): string[] {
  const { dialog: open } = controller.getState();
  const { lastFrame, unmount } = render(createElement(Fragment, null, open?.render(92, height)));
  const lines = (lastFrame() ?? '').split('\n').map((line) => line.trimEnd());
  unmount();
  return lines;
}

/** Puts the cursor of the dialog on a column. */
function goTo(id: string): void {
  const title = columnById(id)?.title ?? '';
  const lines = dialog().filter((line) => line.startsWith('['));
  press('home', `down*${lines.findIndex((line) => line.slice('[x]  '.length).startsWith(`${title} `))}`);
}

describe('columns', () => {
  it('are automatic until something is chosen', () => {
    const before = titles();
    press('f2');
    expect(dialog().filter((line) => line.startsWith('[x]')).length).toBe(before.length);
    expect(dialog()).toContain('automatic: as many as fit 120 cells');
    expect(controller.getState().columns).toBeNull();
  });

  it('that are chosen show at once, and Enter keeps them', () => {
    press('f2');
    goTo('share');
    press('space');
    goTo('peak');
    press('space');
    expect(titles()).not.toContain('SHARE/DUE');
    expect(titles()).toContain('PEAK/s');
    expect(saved).toEqual([]);
    press('enter');
    expect(saved).toEqual([{ ...defaultSettings, columns: controller.getState().columns }]);
    expect(saved[0]?.columns).toContain('peak');
    expect(controller.getState()).toMatchObject({
      dialog: null,
      message: { kind: 'done', text: 'saved in a file' },
    });
    press('f2');
    goTo('peak');
    expect(dialog().find((line) => line.includes('PEAK/s'))).toMatch(/^\[x\]/);
  });

  it.each(['escape', 'ctrl+c'])('are taken back by %s', (key) => {
    const before = titles();
    press('f2', 'down', 'space', 'tab', 'down', 'right', 'tab', key);
    expect(controller.getState().dialog).toBeNull();
    expect(titles()).toEqual(before);
    expect(settingsOfState(controller.getState())).toEqual(defaultSettings);
    expect(saved).toEqual([]);
  });

  it('move with the arrows, but not past the name, which stays', () => {
    press('f2');
    goTo('weight');
    press('left', 'left', 'left', 'left');
    expect(titles().slice(0, 3)).toEqual(['SERVICE / REAL SERVER', 'WEIGHT', 'MODE']);
    press('right');
    expect(titles().slice(0, 3)).toEqual(['SERVICE / REAL SERVER', 'MODE', 'WEIGHT']);
    press('home', 'right', 'space');
    expect(titles()[0]).toBe('SERVICE / REAL SERVER');
  });

  it('that do not fit are named', () => {
    controller.setTableArea({ y: 3, height: 20, width: 60 });
    press('f2');
    for (const id of ['totalInBytes', 'totalOutBytes', 'averageOutPackets']) {
      goTo(id);
      press('space');
    }
    const [line = ''] = dialog().filter((candidate) => candidate.startsWith('! '));
    expect(line).toBe('! not in 60 cells: IN BYTES, OUT BYTES, AVG OUT p/s');
    expect(dialog().find((candidate) => candidate.includes('] ') && candidate.includes('AVG OUT p/s'))).toBe(
      undefined,
    );
    expect(dialog().find((candidate) => candidate.startsWith('[x]!'))).toContain('IN BYTES');
    expect(titles()).not.toContain('IN BYTES');
    controller.setTableArea({ y: 3, height: 20, width: 160 });
    expect(titles()).toContain('AVG OUT p/s');
    expect(dialog()).toContain('all chosen columns fit 160 cells');
  });

  it('become automatic again with a', () => {
    const before = titles();
    press('f2', 'down', 'space', 'a');
    expect(titles()).toEqual(before);
    press('enter');
    expect(saved).toEqual([defaultSettings]);
  });

  it('can be chosen on a low and narrow screen', () => {
    press('f2', 'end');
    const lines = dialog(6);
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
  function openAt(name: string): void {
    press('f2', 'tab');
    press('home', `down*${dialog().findIndex((line) => line.trim().startsWith(name))}`);
  }

  it('change at once what they are about', () => {
    openAt('refresh');
    press('right');
    expect([controller.getState().interval, sampler.interval]).toEqual([2, 2]);
    press('left', 'left', 'enter');
    expect(saved).toEqual([{ ...defaultSettings, interval: 0.5 }]);
  });

  it('order the rows under the dialog', () => {
    openAt('sort by');
    const before = [...controller.getState().rows].map(({ key }) => key);
    press('left');
    press('down', 'right');
    const { sortColumn, reverse, rows } = controller.getState();
    expect([sortColumn, reverse]).toEqual(['averageOutPackets', true]);
    press('up', 'right', 'right');
    expect(controller.getState().sortColumn).toBe('name');
    expect([...rows].map(({ key }) => key).sort()).toEqual([...before].sort());
  });

  it('switch between tree and list, characters, colours and mouse', () => {
    openAt('layout');
    press('right', 'down', 'right', 'right', 'down', 'left', 'down', 'right', 'enter');
    expect(saved).toEqual([
      { ...defaultSettings, layout: 'flat', characters: 'ascii', color: 'true', mouse: true },
    ]);
    expect([...controller.getState().rows].every(({ kind }) => kind === 'real server')).toBe(true);
    expect(mouse).toEqual([true]);
  });

  it('offer an interval that is not among the usual ones while it holds', async () => {
    await open({ ...defaultSettings, interval: 1.5 });
    press('f2', 'tab');
    expect(dialog()[0]).toContain('‹ 1.5 ›');
    press('right', 'left');
    expect(controller.getState().interval).toBe(1);
  });

  it('say why they could not be saved, and hold for now', () => {
    outcome = { isSaved: false, text: 'the disk is full' };
    openAt('layout');
    press('right', 'enter');
    expect(controller.getState()).toMatchObject({
      flat: true,
      dialog: null,
      message: { kind: 'refusal', text: 'the disk is full' },
    });
  });
});

it('a notice of the start stands in the status line until the next key', () => {
  const state = initialState(stateOfSettings(defaultSettings), { notice: 'line 3' });
  expect(state.message).toEqual({ kind: 'hint', text: 'line 3' });
});
