import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { isWholeRealServer } from '../../src/ipvs/real-server.ts';
import { createDialogLayer, type DialogLayer } from '../../src/ui/dialog-layer.tsx';
import { loadInk } from '../../src/ui/kit/ink.ts';
import { createTheme } from '../../src/ui/kit/theme.ts';
import { selectedRow } from '../../src/ui/state/screen-state.ts';
import { setRealServer } from '../director/table-edits.ts';
import { type OpenDesk, startDesk } from './desk.ts';
import { smallSite } from './fixed-view.ts';

const theme = createTheme({ name: 'dark', depth: '256' });

let desk: OpenDesk;
let layer: DialogLayer;
let drawn = 0;

beforeAll(loadInk);

beforeEach(async () => {
  desk = startDesk();
  await desk.read();
  layer = createDialogLayer(desk.controller, { columns: 100, rows: 30, theme }, () => {
    drawn += 1;
  });
});

afterEach(() => layer.close());

/** How often Ink has drawn for what came of that. */
async function drawnBy(work: () => unknown): Promise<number> {
  drawn = 0;
  await work();
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  return drawn;
}

it('leaves Ink alone while no dialog is open', async () => {
  for (const name of ['down', 'end', 'left', 'space', 'U', 't', '/', 'a', 'escape', ':', 'm', 'escape'])
    expect(await drawnBy(() => desk.press(name)), name).toBe(0);
  expect(await drawnBy(() => desk.controller.onView(smallSite()))).toBe(0);
});

it('has Ink draw a dialog that opens, what is typed into it, and its end', async () => {
  desk.press('down');
  for (const name of ['w', '7']) expect(await drawnBy(() => desk.press(name)), name).toBeGreaterThan(0);
  expect(await drawnBy(() => desk.press('escape'))).toBeGreaterThan(0);
});

it('has Ink draw what readings change of a dialog, and nothing else', async () => {
  desk.press('down', 'w');
  await drawnBy(() => undefined);
  expect(await drawnBy(() => desk.read())).toBe(0);
  const row = selectedRow(desk.controller.getState());
  if (row?.kind !== 'real server' || !isWholeRealServer(row.realServer.realServer)) throw new Error('no row');
  setRealServer(desk.director, row.service.service.identity, { ...row.realServer.realServer, weight: 40 });
  expect(await drawnBy(() => desk.read())).toBeGreaterThan(0);
  expect(layer.sheet.toString()).toContain('now 40');
});

it('draws once what several keys have done, each going on from the one before', async () => {
  desk.press('down');
  await drawnBy(() => desk.press('w'));
  expect(await drawnBy(() => desk.press(...'123'))).toBe(1);
  expect(layer.sheet.toString()).toContain('new 123');
});
