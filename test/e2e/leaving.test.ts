import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Lvstop, openLvstop } from './lvstop.ts';
import { closeTerminals, isRunning, openTerminal, type TestTerminal } from './terminal.ts';

afterEach(closeTerminals);

const program = join(resolve(import.meta.dirname, '../..'), 'bin/lvstop.js');

/** Waits for the end and checks that the shell has its terminal back as it was. */
async function expectWhole(terminal: TestTerminal, code: number): Promise<void> {
  const end = await terminal.ended();
  expect(end.code).toBe(code);
  expect(end.lineBefore).not.toBe('');
  expect(end.lineAfter).toBe(end.lineBefore);
  expect(terminal.modes()).toEqual({
    alternateScreen: false,
    cursorVisible: true,
    bracketedPaste: false,
    mouse: 'none',
    wraparound: true,
    synchronizedUpdate: false,
  });
  // What was there before is there again, and nothing of lvstop.
  expect(terminal.text()).toMatch(/^line-before=/);
  expect(terminal.text()).not.toContain('SIMULATED');
}

/** lvstop with a dialog open, the mouse on and the table busy: the worst moment to leave. */
async function openBusyLvstop(): Promise<Lvstop> {
  const lvstop = await openLvstop({ args: ['--demo', '-d', '0.2'] });
  lvstop.press('M');
  await lvstop.terminal.waitFor(() => lvstop.terminal.modes().mouse !== 'none');
  lvstop.press('x');
  await lvstop.waitForDialog('y do it');
  return lvstop;
}

describe('the terminal is whole', () => {
  it.each(['q', 'f10', 'ctrl+c'])('after %s', async (key) => {
    const { terminal } = await openLvstop({ args: ['--demo'] });
    expect(terminal.modes()).toMatchObject({
      alternateScreen: true,
      cursorVisible: false,
      bracketedPaste: true,
    });
    terminal.press(key);
    await expectWhole(terminal, 0);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('after %s in the middle of a dialog', async (signal, code) => {
    const { terminal } = await openBusyLvstop();
    await terminal.signal(signal);
    await expectWhole(terminal, code);
  });

  it.each(['q', 'ctrl+c'])('after %s on the first frame, before dialogs are loaded', async (key) => {
    const terminal = openTerminal({ command: process.execPath, args: [program, '--demo'] });
    await terminal.waitFor('● live');
    terminal.press(key);
    await expectWhole(terminal, 0);
  });

  it('after SIGTERM on the first frame', async () => {
    const terminal = openTerminal({ command: process.execPath, args: [program, '--demo'] });
    await terminal.waitFor('● live');
    await terminal.signal('SIGTERM');
    await expectWhole(terminal, 143);
  });

  it('after q that was typed before there was anything to see', async () => {
    const terminal = openTerminal({ command: process.execPath, args: [program, '--demo'] });
    await terminal.pid();
    terminal.press('q');
    const end = await terminal.ended();
    expect(end.code).toBe(0);
    expect(end.lineAfter).toBe(end.lineBefore);
  });

  it('after a start on a terminal that can draw nothing', async () => {
    const terminal = openTerminal({
      command: process.execPath,
      args: [program, '--demo'],
      env: { TERM: 'dumb' },
    });
    await expectWhole(terminal, 2);
    expect(terminal.text()).toContain('TERM=dumb');
  });

  it('after a start that was wrong', async () => {
    const terminal = openTerminal({ command: process.execPath, args: [program, '--demo', '-d', 'soon'] });
    await expectWhole(terminal, 2);
    expect(terminal.text()).toMatch(/lvstop: .*soon/);
  });
});

it('a program whose terminal is gone is gone too', async () => {
  const { terminal } = await openBusyLvstop();
  const pid = await terminal.pid();
  await terminal.cut();
  expect(isRunning(pid)).toBe(false);
});

describe('Ctrl-Z', () => {
  it('hands the terminal to the shell and gets it back with fg, dialog and all', async () => {
    const terminal = openTerminal({
      command: '/bin/bash',
      args: ['--norc', '--noprofile', '--noediting', '-i'],
      env: { PS1: 'shell> ', HISTFILE: '', NODE: process.execPath, LVSTOP: program },
    });
    await terminal.waitFor('shell>');
    terminal.type('"$NODE" "$LVSTOP" --demo\r');
    await terminal.waitFor('● live 1s');
    terminal.press('down', '\x1a');
    await terminal.waitFor('Stopped');
    expect(terminal.modes()).toMatchObject({
      alternateScreen: false,
      cursorVisible: true,
      bracketedPaste: false,
    });

    terminal.resize(90, 20);
    terminal.type('echo size $(stty size).\r');
    await terminal.waitFor('size 20 90.');
    terminal.type('fg\r');
    await terminal.waitFor('● live 1s');
    expect(terminal.modes()).toMatchObject({ alternateScreen: true, cursorVisible: false });
    // The last line of a frame may come behind its first.
    await terminal.waitFor(() => terminal.screen().at(-1)?.includes('q quit') === true);

    terminal.press('+');
    await terminal.waitFor('Weight of 10.20.0.11:8443');
    terminal.press('escape');
    await terminal.waitUntilGone('Weight of');
    terminal.press('q');
    await terminal.waitFor('shell>');
    terminal.type('echo code $?.\r');
    await terminal.waitFor('code 0.');
    expect(terminal.modes()).toMatchObject({ alternateScreen: false, cursorVisible: true });
  });

  it('goes on where nobody could continue it', async () => {
    // The shell around it is not interactive: nobody would ever type fg.
    const lvstop = await openLvstop({ args: ['--demo'] });
    const screensBefore = lvstop.terminal.output.split('\x1b[?1049h').length;
    lvstop.press('\x1a');
    await lvstop.terminal.waitFor(() => lvstop.terminal.output.split('\x1b[?1049h').length > screensBefore);
    await lvstop.terminal.waitFor('SIMULATED');
    lvstop.press('down');
    await lvstop.waitForSelection('10.20.0.11:8443');
  });
});

it('SIGSTOP and SIGCONT leave it running on a terminal that the shell had used', async () => {
  const lvstop = await openLvstop({ args: ['--demo', '-d', '0.2'] });
  const pid = await lvstop.terminal.pid();
  process.kill(pid, 'SIGSTOP');
  process.kill(pid, 'SIGCONT');
  lvstop.press('down');
  await lvstop.waitForSelection('10.20.0.11:8443');
  expect(isRunning(pid)).toBe(true);
  lvstop.press('q');
  await expectWhole(lvstop.terminal, 0);
});
