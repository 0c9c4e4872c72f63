/**
 * A terminal for tests: a pseudo-terminal with an emulator on it, in which a program runs under a shell that tells how
 * the terminal was set before and after it. Reading a test should be like looking over an operator's shoulder:
 *
 *   const terminal = openTerminal({ command: 'lvstop', args: ['--demo'] });
 *   await terminal.waitFor('SIMULATED');
 *   terminal.press('down', '+');
 *   await terminal.waitFor('Weight of 10.0.0.21:8080');
 */
import { readFileSync } from 'node:fs';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm, { type IBufferCell, type Terminal } from '@xterm/headless';
import { keyBytes } from '../terminal/key-bytes.ts';
import { until } from '../until.ts';

/** A program and the terminal to run it on. */
export interface TerminalOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** Size in cells; 120 by 36 when not given. */
  readonly columns?: number;
  readonly rows?: number;
  /** Variables beside PATH, HOME, LANG and TERM; an `undefined` one is left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that anything is waited for; 8000 when not given. */
  readonly patience?: number;
}

/** What is waited for: text anywhere on the screen, a pattern on its lines joined, or a condition. */
export type Expectation = string | RegExp | ((screen: readonly string[]) => boolean);

/** How one cell looks. */
export interface CellLook {
  readonly text: string;
  /** Number in the palette, `#rrggbb`, or `default`. */
  readonly foreground: string;
  readonly background: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
}

/** What a full-screen program switches, and must switch back. */
export interface TerminalModes {
  readonly alternateScreen: boolean;
  readonly cursorVisible: boolean;
  readonly bracketedPaste: boolean;
  readonly mouse: string;
  readonly wraparound: boolean;
  readonly synchronizedUpdate: boolean;
}

/** How a program ended, as the shell around it saw it. */
export interface ProgramEnd {
  readonly code: number;
  /** The modes of the terminal's line before and after, as `stty -g` writes them. */
  readonly lineBefore: string;
  readonly lineAfter: string;
}

const SHELL_SCRIPT = `
printf 'line-before=%s.\\n' "$(stty -g)"
sh -c 'printf "pid=%s.\\n" "$$"; exec "$@"' sh "$@"
code=$?
printf '\\nline-after=%s.\\n' "$(stty -g)"
printf 'exit=%s.\\n' "$code"
`;

const DEFAULT_PATIENCE_MS = 60_000;

const opened = new Set<TestTerminal>();

/** Opens a terminal and starts the program on it. */
export function openTerminal(options: TerminalOptions): TestTerminal {
  const terminal = new TestTerminal(options);
  opened.add(terminal);
  return terminal;
}

/** Ends every program that still runs; goes into `afterEach`. */
export function closeTerminals(): void {
  for (const terminal of opened) terminal.close();
  opened.clear();
}

/** A terminal with a program on it. */
export class TestTerminal {
  readonly #pty: IPty;
  readonly #emulator: Terminal;
  readonly #patience: number;
  readonly #waiting = new Set<() => void>();
  #output = '';
  #isCut = false;
  #shellHasEnded = false;

  constructor({ command, args = [], columns = 120, rows = 36, env = {}, patience }: TerminalOptions) {
    this.#patience = patience ?? DEFAULT_PATIENCE_MS;
    this.#emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 });
    this.#pty = spawn('/bin/sh', ['-c', SHELL_SCRIPT, 'sh', command, ...args], {
      cols: columns,
      rows,
      env: {
        PATH: process.env.PATH ?? '/usr/bin:/bin',
        HOME: process.env.HOME ?? '/',
        LANG: 'C.UTF-8',
        TERM: 'xterm-256color',
        ...env,
      },
    });
    // As terminals do: a program that asks for the ground and hears nothing paints its own.
    this.#emulator.parser.registerOscHandler(11, (asked) => {
      if (asked === '?') this.#pty.write('\x1b]11;rgb:0000/0000/0000\x1b\\');
      return true;
    });
    this.#pty.onData((text) => {
      this.#output += text;
      this.#emulator.write(text, () => this.#somethingChanged());
    });
    this.#pty.onExit(() => {
      // Behind all that the program wrote.
      this.#emulator.write('', () => {
        this.#shellHasEnded = true;
        this.#somethingChanged();
      });
    });
  }

  /** Everything that came from the program and its shell, as it was sent. */
  get output(): string {
    return this.#output;
  }

  get columns(): number {
    return this.#emulator.cols;
  }

  get rows(): number {
    return this.#emulator.rows;
  }

  /** Presses keys, by name (`down`, `f10`, `ctrl+c`) or character, one after the other. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.#pty.write(bytesOfKey(key));
  }

  /** Types text. */
  type(text: string): void {
    this.#pty.write(text);
  }

  /** Pastes text, in brackets if the program has asked for them. */
  paste(text: string): void {
    this.#pty.write(this.#emulator.modes.bracketedPasteMode ? `\x1b[200~${text}\x1b[201~` : text);
  }

  /** Clicks on a cell, or turns the wheel there, as a terminal whose mouse is reported does. */
  mouse(action: 'click' | 'wheel up' | 'wheel down', x: number, y: number): void {
    if (this.#emulator.modes.mouseTrackingMode === 'none') throw new Error('the mouse is not reported');
    const button = { click: 0, 'wheel up': 64, 'wheel down': 65 }[action];
    const place = `${x + 1};${y + 1}`;
    this.#pty.write(`\x1b[<${button};${place}M${action === 'click' ? `\x1b[<0;${place}m` : ''}`);
  }

  /** The lines of the screen without trailing blanks. */
  screen(): string[] {
    const buffer = this.#emulator.buffer.active;
    return Array.from({ length: this.rows }, (_, y) =>
      (buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  /** The whole screen as text. */
  text(): string {
    return this.screen().join('\n');
  }

  /** How the cell looks, counted from 0. */
  cell(x: number, y: number): CellLook {
    const buffer = this.#emulator.buffer.active;
    const cell = buffer.getLine(buffer.baseY + y)?.getCell(x);
    if (cell === undefined) throw new Error(`there is no cell ${x},${y}`);
    return {
      text: cell.getChars() || ' ',
      foreground: colourOf(cell, 'foreground'),
      background: colourOf(cell, 'background'),
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
      inverse: cell.isInverse() !== 0,
      underline: cell.isUnderline() !== 0,
    };
  }

  /** The terminal's modes at this moment. */
  modes(): TerminalModes {
    const { modes, buffer } = this.#emulator;
    return {
      alternateScreen: buffer.active.type === 'alternate',
      cursorVisible: this.#output.lastIndexOf('\x1b[?25h') >= this.#output.lastIndexOf('\x1b[?25l'),
      bracketedPaste: modes.bracketedPasteMode,
      mouse: modes.mouseTrackingMode,
      wraparound: modes.wraparoundMode,
      synchronizedUpdate: modes.synchronizedOutputMode,
    };
  }

  /** Lines that scrolled away while the program had the screen. */
  get scrolledLines(): number {
    return this.#emulator.buffer.alternate.baseY;
  }

  /** Waits until it is so; fails with the screen's content when it does not come. */
  async waitFor(expected: Expectation, patience = this.#patience): Promise<void> {
    const isMet = conditionOf(expected);
    await this.#until(
      () => !this.modes().synchronizedUpdate && isMet(this.screen()),
      patience,
      () => `waited in vain for ${describe(expected)}`,
    );
  }

  /** Waits until it is no longer so. */
  async waitUntilGone(expected: Expectation, patience = this.#patience): Promise<void> {
    const isMet = conditionOf(expected);
    await this.#until(
      () => !this.modes().synchronizedUpdate && !isMet(this.screen()),
      patience,
      () => `waited in vain for the end of ${describe(expected)}`,
    );
  }

  /** Gives the terminal another size, and tells the program. */
  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** The program's process. */
  async pid(): Promise<number> {
    await this.#until(
      () => /pid=\d+\./.test(this.#output),
      this.#patience,
      () => 'the program was not started',
    );
    return Number(/pid=(\d+)\./.exec(this.#output)?.[1]);
  }

  /** Sends the program a signal, by its name or number. */
  async signal(signal: NodeJS.Signals | number): Promise<void> {
    process.kill(await this.pid(), signal);
  }

  /** Waits for the program's end and tells how it was. */
  async ended(patience = this.#patience): Promise<ProgramEnd> {
    await this.#until(
      () => this.#shellHasEnded,
      patience,
      () => 'the program did not end',
    );
    const found = (name: string) => new RegExp(`${name}=(\\S+)\\.`).exec(this.#output)?.[1] ?? '';
    return {
      code: Number(found('exit')),
      lineBefore: found('line-before'),
      lineAfter: found('line-after'),
    };
  }

  /** Cuts the line, as a lost connection does, and waits until the program is gone. */
  async cut(patience = this.#patience): Promise<void> {
    const pid = await this.pid();
    this.close();
    await until('the end of a program without its terminal', () => !isRunning(pid), patience);
  }

  /** Takes the terminal away; whatever runs on it gets SIGHUP. */
  close(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    // node-pty closes its side only this way.
    (this.#pty as unknown as { destroy(): void }).destroy();
    this.#emulator.dispose();
  }

  async #until(isMet: () => boolean, patience: number, complaint: () => string): Promise<void> {
    if (isMet()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => reject(new Error(`${complaint()}; the screen shows:\n${this.text()}`));
    const look = () => {
      if (isMet()) resolve();
      else if (this.#shellHasEnded) giveUp();
    };
    const timer = setTimeout(giveUp, patience);
    this.#waiting.add(look);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  #somethingChanged(): void {
    for (const look of this.#waiting) look();
  }
}

/** Whether the process runs; one that has ended and was not fetched by its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function bytesOfKey(key: string): string {
  const named = keyBytes[key];
  if (named !== undefined) return named;
  const control = /^ctrl\+([a-z])$/.exec(key)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 0x60);
  if ([...key].length !== 1) throw new Error(`there is no key ${JSON.stringify(key)}`);
  return key;
}

function conditionOf(expected: Expectation): (screen: readonly string[]) => boolean {
  if (typeof expected === 'function') return expected;
  if (typeof expected === 'string') return (screen) => screen.some((line) => line.includes(expected));
  return (screen) => expected.test(screen.join('\n'));
}

function describe(expected: Expectation): string {
  return typeof expected === 'string' ? JSON.stringify(expected) : String(expected);
}

function colourOf(cell: IBufferCell, which: 'foreground' | 'background'): string {
  const isForeground = which === 'foreground';
  if (isForeground ? cell.isFgDefault() : cell.isBgDefault()) return 'default';
  const value = isForeground ? cell.getFgColor() : cell.getBgColor();
  const isRgb = isForeground ? cell.isFgRGB() : cell.isBgRGB();
  return isRgb ? `#${value.toString(16).padStart(6, '0')}` : String(value);
}
