import { expect, test } from 'vitest';
import { startDesk } from './desk.ts';
import { smallSite } from './fixed-view.ts';

test('keys typed before the first reading are for what it shows', () => {
  const { controller, press } = startDesk();
  press('down', 'down', '/', '8', '0');
  expect(controller.getState().rows).toHaveLength(0);
  controller.onView(smallSite());
  const state = controller.getState();
  expect(state.filter).toBe('80');
  expect(state.cursorKey).toBe('tcp:203.0.113.10:80 10.0.0.22:8080');
});

test('Ctrl-C leaves before it, too', () => {
  const { press, requests } = startDesk();
  press('down', 'ctrl+c');
  expect(requests).toEqual(['quit']);
});

test('keys typed before a dialog is drawn are for the dialog, those behind its end for what is there then', () => {
  const { controller, press } = startDesk();
  controller.onView(smallSite());
  const said: string[] = [];
  press('d', '5', 'escape', 'down', 'w');
  const { dialog } = controller.getState();
  expect(dialog).not.toBeNull();
  dialog?.listen('key', ({ name }) => said.push(name));
  dialog?.mounted();
  press('7');
  expect(said).toEqual(['5']);
  expect(controller.getState().cursorKey).toBe('tcp:203.0.113.10:80 10.0.0.21:8080');
  expect(controller.getState().dialog).not.toBe(dialog);
});
