/** Every list and page of the screen knows the same keys, and the wheel. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import type { MouseEvent } from '../../src/terminal/keys.ts';
import { directorWith } from '../changes/table.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;

/** A low screen, on which much is wrong and much was changed, so that no list fits. */
beforeAll(async () => {
  const names = Array.from({ length: 12 }, (_, index) => `tcp:203.0.113.${index + 1}:80`);
  screen = await openScreen({
    columns: 80,
    rows: 12,
    director: directorWith(
      Object.fromEntries(names.map((name) => [name, [{}, ['10.0.0.1:80', { weight: 0 }]] as const])),
    ),
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
  });
  await screen.press('down');
  for (let change = 0; change < 12; change++) await screen.press('+', 'enter');
  await screen.waitFor(({ examination }) => examination !== null);
  // Ages and readings must not change the picture.
  await screen.press('p');
});
afterAll(() => screen.close());
afterEach(() => screen.press('escape', 'escape', 'escape'));

/** Turns the wheel by one notch. */
async function turned(action: MouseEvent['action']): Promise<string> {
  const place = { button: 'none', x: 40, y: 8, ctrl: false, alt: false, shift: false } as const;
  screen.controller.onInput({ type: 'mouse', action, ...place });
  return pressed();
}

/** Presses keys and gives what is shown then, and what is chosen. */
async function pressed(...names: readonly string[]): Promise<string> {
  await screen.press(...names);
  // How old a frozen screen is goes on.
  const text = screen.text().replace(/(frozen|looked at) \d+s/, '$1');
  return `${screen.highlighted().join(' ')}\n${text}`;
}

describe.each([
  ['schedulers', ['s'], 'letters'],
  ['columns', ['f2'], 'letters'],
  ['settings', ['f2', 'tab'], 'letters'],
  ['the set-up script', ['i'], 'letters'],
  ['the help', ['?'], 'letters are searched for'],
  ['the fields of a form', ['e'], 'letters are typed'],
  ['findings', ['!'], 'letters'],
  ['one finding', ['!', 'enter'], 'letters'],
  ['the journal', ['J'], 'letters'],
  ['one change', ['J', 'enter'], 'letters'],
  ['the packet walk', ['W'], 'letters'],
  ['a detail', ['enter'], 'letters'],
] as const)('%s', (_what, opening, letters) => {
  it('move with the keys of every list, and with the wheel', async () => {
    await screen.press(...opening);
    for (let turn = 0; turn < 20; turn++) await screen.press();
    const first = await pressed('home');
    const second = await pressed('down');
    expect(second).not.toBe(first);
    expect(await pressed('up')).toBe(first);
    expect(await pressed('pagedown')).not.toBe(first);
    await pressed('pageup');
    expect(await pressed('home')).toBe(first);
    const last = await pressed('end');
    expect(last).not.toBe(first);
    await pressed('home');
    expect(await turned('scroll-down')).not.toBe(first);
    expect(await turned('scroll-up')).toBe(first);
    if (letters === 'letters') {
      expect(await pressed('j')).toBe(second);
      expect(await pressed('k')).toBe(first);
      expect(await pressed('G')).toBe(last);
      expect(await pressed('g')).toBe(first);
    }
    await screen.press('escape', 'escape');
    expect(screen.controller.getState()).toMatchObject({ dialog: null, pane: null });
  });
});
