import { beforeEach, describe, expect, test } from 'vitest';
import { parseRealServer, parseService, type RowKey } from '../../../../src/ipvs/identity.ts';
import { Grid } from '../../../../src/terminal/grid.ts';
import type { Controller } from '../../../../src/ui/controller.ts';
import { createTheme } from '../../../../src/ui/kit/theme.ts';
import { targetRows } from '../../../../src/ui/state/targets.ts';
import { deleteRealServer } from '../../../director/table-edits.ts';
import { realServerOf, serviceKey } from '../../../ipvs/keys.ts';
import { type OpenDesk, openDesk } from '../../desk.ts';

const web = serviceKey('tcp:203.0.113.10:80');
const first = realServerOf(web, '10.0.0.21:8080');

let desk: OpenDesk;
let controller: Controller;

beforeEach(async () => {
  desk = await openDesk();
  ({ controller } = desk);
  controller.setTableArea({ y: 3, height: 20, width: 80 });
});

function press(...names: readonly string[]): void {
  desk.press(...names);
}

/** Opens the detail of a row. */
function open(rowKey: RowKey): void {
  controller.update({ cursorKey: rowKey });
  press('enter');
}

/** What the pane shows on so many cells, line by line. */
function shown(columns = 80, rows = 19): string[] {
  const grid = new Grid(columns, rows);
  controller.getState().pane?.paint(grid, createTheme({ name: 'mono', depth: 'none' }));
  return Array.from({ length: rows }, (_, y) => grid.rowText(y));
}

describe('the pane of a detail', () => {
  test.each(['escape', 'enter', 'q', 'ctrl+c'])('closes with %s and leaves the program running', (name) => {
    open(web);
    expect(controller.getState().pane).not.toBeNull();
    press(name);
    expect(controller.getState().pane).toBeNull();
    expect(controller.getState().cursorKey).toBe(web);
    expect(desk.requests).toEqual([]);
  });

  test('says what it is about, and how much more there is', () => {
    open(first);
    expect(shown()[0]).toMatch(/^Real server 10\.0\.0\.21:8080 of tcp:203\.0\.113\.10:80 +↓ \d+ more lines$/);
  });

  test('scrolls as far as there are lines', () => {
    open(web);
    const [title, ...page] = shown();
    press('down');
    expect(shown().slice(1, -1)).toEqual(page.slice(1));
    press('G');
    expect(shown()[0]).toMatch(/↑ \d+$/);
    press('pagedown', 'j', 'space');
    expect(shown().at(-1)).not.toBe('');
    press('g');
    expect(shown()).toEqual([title, ...page]);
    press('up', 'pageup');
    expect(shown()[0]).toBe(title);
  });

  test('goes to the next row and back, and the cursor goes along', () => {
    open(web);
    press('n');
    expect(shown()[0]).toContain('Real server 10.0.0.21:8080');
    expect(controller.getState().cursorKey).toBe(first);
    press('n', 'N', 'N');
    expect(shown()[0]).toContain(`Service ${web}`);
    expect(controller.getState().cursorKey).toBe(web);
  });

  test('reads the charts column by column, and not beyond now', () => {
    open(web);
    const title = () => shown(120, 34).find((line) => line.includes('CONN/s ')) ?? '';
    expect(title()).toContain('max');
    press('left', 'left', 'left');
    expect(title()).toMatch(/ at \d\d:\d\d:\d\d/);
    press('right', 'right', 'right', 'right');
    expect(title()).toContain('max');
  });

  test('draws another span of time, which stays when another row is opened', () => {
    open(web);
    press('t');
    expect(controller.getState().span).toBe('1h');
    press('t', 't', 'n', 'escape');
    open(first);
    expect(controller.getState().span).toBe('1m');
  });

  test('takes edits of its own row, whatever is tagged, and is there again after them', () => {
    controller.update({ tagged: new Set([realServerOf(web, '10.0.0.22:8080')]) });
    open(first);
    press('w');
    const { pane } = controller.getState();
    expect(desk.dialog).toBe('WeightDialog');
    expect(pane).not.toBeNull();
    expect(targetRows(controller).map((row) => row.key)).toEqual([first]);
    press('escape');
    expect(controller.getState().dialog).toBeNull();
    expect(controller.getState().pane).toBe(pane);
  });

  test('leaves to the table what belongs to the table, and says so', () => {
    open(web);
    press('/');
    expect(controller.getState().typed).toBeNull();
    expect(controller.getState().message?.text).toMatch(/Esc/);
  });

  test('holds still with the screen', () => {
    open(web);
    press('p');
    expect(controller.getState().frozen).toBe(true);
    expect(shown(120, 40).some((line) => line.includes('─then'))).toBe(true);
  });

  test('keeps showing what is gone, says so, and takes no edit of it', async () => {
    open(first);
    const [, ...before] = shown();
    deleteRealServer(controller.director, parseService(web), parseRealServer('10.0.0.21:8080'));
    controller.onView(await desk.sampler.refresh());
    const [title, ...after] = shown();
    expect(title).toMatch(/^✗ gone for \d+s: Real server 10\.0\.0\.21:8080/);
    expect(after.slice(0, 6)).toEqual(before.slice(0, 6));
    press('w');
    expect(controller.getState().dialog).toBeNull();
    expect(controller.getState().message?.text).toContain('gone');
  });

  test('shows its row also when the filter does not', () => {
    open(first);
    controller.update({ filter: 'udp' });
    expect(shown()[0]).toMatch(/^Real server 10\.0\.0\.21:8080/);
    press('x');
    expect(controller.getState().dialog).toBeNull();
  });

  test('does without room', () => {
    open(web);
    for (const [columns, rows] of [
      [1, 1],
      [10, 2],
      [40, 8],
      [400, 115],
    ] as const) {
      expect(() => shown(columns, rows)).not.toThrow();
    }
  });
});
