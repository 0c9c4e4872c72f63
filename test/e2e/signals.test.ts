/** Every signal that a process can be sent, on the screen and on commands. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { listeningSockets } from './listening-sockets.ts';
import { type Lvstop, openLvstop } from './lvstop.ts';
import { closeTerminals, isRunning, openTerminal, type TestTerminal } from './terminal.ts';

const lvstopFile = join(resolve(import.meta.dirname, '../..'), 'bin/lvstop');
const withNode = { PATH: `${dirname(process.execPath)}:${process.env.PATH}` };

/** Those that end a process: all that neither do nothing by themselves, nor stop, nor can no program listen to. */
const ending = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTRAP',
  'SIGABRT',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
] as const;

/** What the processor reports of a process by; no program can go on from there, or tell that somebody sent it. */
const faults = ['SIGILL', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const;

const stopping = ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'] as const;

/** The highest signal of Linux; 32 and 33 are the C library's own, for its threads. */
const last = 64;
const ofTheLibrary = [32, 33];

const passedOver = Array.from({ length: last }, (_, index) => index + 1).filter(
  (signal) =>
    ![...ending, ...faults, ...stopping, 'SIGKILL' as const]
      .map((name): number => constants.signals[name])
      .concat(ofTheLibrary)
      .includes(signal),
);

const children: ChildProcess[] = [];

afterEach(() => {
  closeTerminals();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function openScreen(): Promise<Lvstop> {
  return openLvstop({ program: [lvstopFile], args: ['--demo'], env: withNode });
}

/** A command at work, which has printed something. */
async function startWatching(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(lvstopFile, ['watch', '--demo', '--json', '-d', '0.2'], {
    env: { ...process.env, ...withNode },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child as ChildProcess & { readonly pid: number };
}

async function expectWhole(terminal: TestTerminal, code: number): Promise<void> {
  const end = await terminal.ended();
  expect(end).toEqual({ code, lineBefore: end.lineBefore, lineAfter: end.lineBefore });
  expect(end.lineBefore).not.toBe('');
  expect(terminal.modes()).toMatchObject({ alternateScreen: false, cursorVisible: true, mouse: 'none' });
}

it('each signal is looked at once', () => {
  expect(passedOver).toContain(constants.signals.SIGUSR1);
  expect(passedOver.length + ending.length + faults.length + stopping.length + 1 + ofTheLibrary.length).toBe(
    last,
  );
});

describe('the screen', () => {
  it('goes on after each of those that end nothing, and opens no port', async () => {
    const lvstop = await openScreen();
    const pid = await lvstop.terminal.pid();
    const names = lvstop.names();
    for (const [index, signal] of passedOver.entries()) {
      await lvstop.terminal.signal(signal);
      // What a key does comes after what the signal did.
      lvstop.press(index % 2 === 0 ? 'down' : 'up');
      await lvstop.waitForSelection(names[index % 2 === 0 ? 1 : 0] ?? '');
      expect({ signal, listening: listeningSockets(pid) }).toEqual({ signal, listening: [] });
    }
    lvstop.press('q');
    await expectWhole(lvstop.terminal, 0);
  });

  it.each(ending)('gives the terminal back whole after %s', async (signal) => {
    const { terminal } = await openScreen();
    await terminal.signal(signal);
    await expectWhole(terminal, 128 + constants.signals[signal]);
  });

  it('opens no port when it was started without its file', async () => {
    const lvstop = await openLvstop({ args: ['--demo'] });
    await lvstop.terminal.signal('SIGUSR1');
    lvstop.press('down');
    await lvstop.waitForSelection(lvstop.names()[1] ?? '');
    expect(listeningSockets(await lvstop.terminal.pid())).toEqual([]);
  });

  it('opens no port for a signal that comes while it starts', async () => {
    const terminal = openTerminal({ command: lvstopFile, args: ['--demo'], env: withNode });
    const pid = await terminal.pid();
    // Until Node has its first threads it is a process like any other, which the signal ends.
    await until('threads', () =>
      /^Threads:\s+([2-9]|\d\d)/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')),
    );
    await until('the first reading', async () => {
      await terminal.signal('SIGUSR1');
      expect(listeningSockets(pid)).toEqual([]);
      return terminal.text().includes('● live');
    });
  });
});

describe('a command', () => {
  it('goes on after each of those that end nothing, and opens no port', async () => {
    const child = await startWatching();
    for (const signal of passedOver) {
      process.kill(child.pid, signal);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      expect({ signal, listening: listeningSockets(child.pid) }).toEqual({ signal, listening: [] });
    }
    expect(isRunning(child.pid)).toBe(true);
  });

  it.each(ending)('leaves the terminal on which it asks whole after %s', async (signal) => {
    const terminal = openTerminal({
      command: lvstopFile,
      args: ['delete', 'service', 'tcp:203.0.113.10:443', '--demo'],
      env: withNode,
    });
    await terminal.waitFor('[y/N]');
    await terminal.signal(signal);
    // Node passes this one over: a write beyond the limit fails with a reason.
    if (signal === 'SIGXFSZ') terminal.type('n\r');
    const isNo = ['SIGINT', 'SIGXFSZ'].includes(signal);
    await expectWhole(terminal, isNo ? 2 : 128 + constants.signals[signal]);
    if (isNo) expect(terminal.text()).toContain('nothing was done');
  });
});
