import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../until.ts';
import { Emulator } from './emulator.ts';

const CHILD = fileURLToPath(new URL('session-child.ts', import.meta.url));
const terminals: TestTerminal[] = [];

/** A pseudo-terminal with an emulator on it, in which something runs. */
class TestTerminal {
  readonly emulator = new Emulator(80, 24);
  readonly pty: IPty;
  output = '';
  exit: { exitCode: number; signal?: number | undefined } | undefined;

  constructor(file: string, parameters: string[]) {
    this.pty = spawn(file, parameters, {
      cols: 80,
      rows: 24,
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', PS1: 'prompt> ', HISTFILE: '' },
    });
    this.pty.onData((data) => {
      this.output += data;
      void this.emulator.write(data);
    });
    this.pty.onExit((exit) => {
      this.exit = exit;
    });
    terminals.push(this);
  }

  /** Waits until the condition holds; what it returns then. */
  until<T>(what: string, condition: () => T | undefined | null | false): Promise<T> {
    return until(() => `${what}; the screen shows:\n${this.emulator.text()}`, condition);
  }

  untilShown(text: string): Promise<boolean> {
    return this.until(JSON.stringify(text), () => this.emulator.text().includes(text));
  }

  /** The process number that the child shows. */
  async childPid(): Promise<number> {
    const found = await this.until('the child', () => /ready pid=(\d+)/.exec(this.emulator.text()));
    return Number(found[1]);
  }

  /** Checks that the terminal is as a shell expects it. */
  expectWhole(): void {
    const { terminal } = this.emulator;
    expect(terminal.buffer.active.type).toBe('normal');
    expect(terminal.modes).toMatchObject({
      bracketedPasteMode: false,
      mouseTrackingMode: 'none',
      wraparoundMode: true,
      synchronizedOutputMode: false,
    });
    expect(this.output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(this.output.lastIndexOf('\x1b[?25l'));
    expect(this.output.match(/\x1b\[\?1049l/g)).toHaveLength(
      this.output.match(/\x1b\[\?1049h/g)?.length ?? 0,
    );
  }
}

/** Runs the child within a shell that says how the terminal was set before and after, and its exit code. */
function runChild(...extra: string[]): TestTerminal {
  const script = `echo before; echo "mode $(stty -g)"; "$0" "$@"; code=$?; echo; echo "mode $(stty -g)"; echo "exit $code."`;
  return new TestTerminal('/bin/sh', ['-c', script, process.execPath, CHILD, ...extra]);
}

/** Waits for the shell's end and checks that all is as it was. */
async function expectRestored(terminal: TestTerminal, exitCode: number): Promise<void> {
  await terminal.until('the end', () => terminal.exit);
  await terminal.untilShown(`exit ${exitCode}.`);
  terminal.expectWhole();
  const text = terminal.emulator.text();
  expect(text).toContain('before');
  expect(text).not.toContain('ready');
  const modes = [...text.matchAll(/mode (\S+)/g)].map((match) => match[1]);
  expect(modes).toHaveLength(2);
  expect(modes[1]).toBe(modes[0]);
}

afterEach(() => {
  for (const terminal of terminals.splice(0)) if (terminal.exit === undefined) terminal.pty.kill('SIGKILL');
});

describe('a session on a terminal', () => {
  it('takes the whole screen and reads keys one by one', async () => {
    const terminal = runChild();
    await terminal.childPid();
    expect(terminal.emulator.terminal.buffer.active.type).toBe('alternate');
    expect(terminal.emulator.terminal.modes).toMatchObject({
      bracketedPasteMode: true,
      wraparoundMode: false,
    });
    terminal.pty.write('a\x1b[A');
    await terminal.untilShown('typed=a,up.');
  });

  it.each([
    ['q', 3],
    ['\x03', 130],
    ['x', 5],
  ])('gives the terminal back after key %j', async (key, code) => {
    const terminal = runChild();
    await terminal.childPid();
    terminal.pty.write(key);
    await expectRestored(terminal, code);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
    ['SIGUSR2', 140],
  ] as const)('gives the terminal back after %s', async (signal, code) => {
    const terminal = runChild();
    process.kill(await terminal.childPid(), signal);
    await expectRestored(terminal, code);
    expect(terminal.emulator.text()).toContain('ended: signal');
  });

  it.each([
    ['SIGTERM', 143],
    // One that only Ink's signal-exit would listen to.
    ['SIGALRM', 142],
  ] as const)('does so after %s with Ink at work, which listens to signals too', async (signal, code) => {
    const terminal = runChild('ink');
    process.kill(await terminal.childPid(), signal);
    await expectRestored(terminal, code);
  });

  it.each([
    ['e', 'crashed: thrown in a key'],
    ['r', 'crashed: rejected in a key'],
  ])('gives the terminal back after a crash and then says why', async (key, message) => {
    const terminal = runChild();
    await terminal.childPid();
    terminal.pty.write(key);
    await expectRestored(terminal, 70);
    expect(terminal.emulator.text()).toContain(message);
  });

  it('switches the mouse off again', async () => {
    const terminal = runChild();
    await terminal.childPid();
    terminal.pty.write('m');
    await terminal.until('the mouse', () => terminal.emulator.terminal.modes.mouseTrackingMode === 'drag');
    terminal.pty.write('q');
    await expectRestored(terminal, 3);
  });

  it('holds back what libraries print until the screen is the shell’s again', async () => {
    const terminal = runChild();
    await terminal.childPid();
    terminal.pty.write('wa');
    await terminal.untilShown('typed=w,a.');
    expect(terminal.emulator.text()).not.toContain('a library');
    terminal.pty.write('q');
    await expectRestored(terminal, 3);
    expect(terminal.emulator.text()).toMatch(/a library prints[\s\S]*a library warns/);
  });

  it('ends when the line is cut', async () => {
    const terminal = runChild();
    const pid = await terminal.childPid();
    terminal.pty.kill('SIGKILL');
    // node-pty's kill reaches the shell; closing our side is what cuts the line.
    (terminal.pty as unknown as { destroy(): void }).destroy();
    await terminal.until('the end of the child', () => !isAlive(pid));
  });

  it('ends on a signal while the terminal takes nothing', async () => {
    const terminal = runChild();
    const pid = await terminal.childPid();
    terminal.pty.pause();
    const before = writtenBy(pid);
    terminal.pty.write('f');
    // What the terminal's own buffer holds, of the four megabytes.
    await terminal.until('a full terminal', () => writtenBy(pid) - before > 3000);
    process.kill(pid, 'SIGTERM');
    await terminal.until('the end of the child', () => !isAlive(pid));
    terminal.pty.resume();
  });

  it('hands the terminal to the shell on Ctrl-Z, and draws anew when it comes back', async () => {
    const terminal = new TestTerminal('/bin/bash', ['--norc', '--noprofile', '--noediting', '-i']);
    await terminal.untilShown('prompt>');
    terminal.pty.write(`'${process.execPath}' '${CHILD}'\r`);
    await terminal.childPid();
    terminal.pty.write('\x1a');
    await terminal.untilShown('Stopped');
    terminal.expectWhole();
    terminal.pty.write('echo in $((40+2)) between\r');
    await terminal.untilShown('in 42 between');
    terminal.pty.write('fg\r');
    await terminal.untilShown('typed=ctrl+z.');
    expect(terminal.emulator.terminal.buffer.active.type).toBe('alternate');
    terminal.pty.write('a');
    await terminal.untilShown('typed=ctrl+z,a.');
    terminal.pty.write('q');
    await terminal.until('the shell', () => terminal.emulator.terminal.buffer.active.type === 'normal');
    terminal.pty.write('echo code $?.\r');
    await terminal.untilShown('code 3.');
    terminal.expectWhole();
  });

  it('goes on after a Ctrl-Z that could not stop it', async () => {
    // Alone in its session there is nobody who could continue it, and the kernel ignores the stop.
    const terminal = new TestTerminal(process.execPath, [CHILD]);
    await terminal.childPid();
    terminal.pty.write('\x1a');
    await terminal.until('the second screen', () => terminal.output.match(/\x1b\[\?1049h/g)?.length === 2);
    terminal.pty.write('a');
    await terminal.untilShown('typed=ctrl+z,a.');
  });

  it('lends the terminal to another program, and has it back whole; Ctrl-C meanwhile is for that one', async () => {
    const terminal = runChild();
    const pid = await terminal.childPid();
    terminal.pty.write('l');
    await terminal.untilShown('lent');
    terminal.expectWhole();
    process.kill(pid, 'SIGINT');
    terminal.pty.write('a line\r');
    await terminal.untilShown('typed=l.');
    expect(terminal.emulator.terminal.buffer.active.type).toBe('alternate');
    expect(terminal.output).toContain('took a line');
    terminal.pty.write('q');
    await expectRestored(terminal, 3);
  });

  it('follows the terminal’s size', async () => {
    const terminal = runChild();
    await terminal.childPid();
    terminal.emulator.resize(60, 10);
    terminal.pty.resize(60, 10);
    await terminal.untilShown('size=60x10');
  });
});

/** Bytes that the process has written so far, to whatever. */
function writtenBy(pid: number): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

/** Whether the process runs; one that has ended and is not fetched by its parent does not. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
