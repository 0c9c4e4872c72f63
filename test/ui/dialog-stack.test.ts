/** Dialogs above others, keys that come before they are drawn, and how they are left. */
import { afterEach, expect, it } from 'vitest';
import { key } from './keys.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

it('a dialog behind another is as it was left when Esc leads back to it', async () => {
  screen = await openScreen({ rows: 30 });
  await screen.press('down', 'm', 'end');
  const before = screen.text();
  await screen.press('enter', 'down', 'down');
  const scrolled = screen.text();
  expect(scrolled).toContain('y do it   s scripts');
  await screen.press('s');
  expect(screen.text()).toContain('Tab set up, check, take back');
  await screen.press('escape');
  expect(screen.text()).toBe(scrolled);
  await screen.press('n');
  expect(screen.text()).toBe(before);
  await screen.press('escape');
  expect(screen.controller.getState().dialog).toBeNull();
});

it('Ctrl-C leaves all dialogs at once', async () => {
  screen = await openScreen();
  await screen.press('down', 'm', 'end', 'enter', 's', 'ctrl+c');
  expect(screen.controller.getState().dialog).toBeNull();
  expect(screen.requests).toEqual([]);
});

it('keys of one chunk reach the dialog that each of them is for, in the state that those before have made', async () => {
  screen = await openScreen();
  const { controller } = screen;
  for (const name of ['down', 'w', ...'12', 'backspace', 'enter', 'd', 'ctrl+u', ...'2.5', 'enter'])
    controller.onInput(key(name));
  await screen.press('?', ...'undo');
  expect(screen.text()).toContain('search: undo');
  expect(screen.text()).toContain('take back the last change');
  expect(controller.getState().interval).toBe(2.5);
  await screen.press('escape');
  const [row] = controller.getState().view?.services[0]?.realServers ?? [];
  expect(row?.realServer.weight).toBe(1);
});

it('what is pasted before a dialog is drawn is pasted into it', async () => {
  screen = await openScreen();
  screen.controller.onInput(key('a'));
  await screen.paste(' tcp:192.0.2.7:80\n');
  expect(screen.text()).toContain('ipvsadm -A -t 192.0.2.7:80');
});
