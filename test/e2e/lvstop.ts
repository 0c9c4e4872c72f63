/** lvstop on a terminal, in the words of somebody who looks at it: rows, the cursor, what it says, the open dialog. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { processAccount } from '../../src/cli/context/account.ts';
import { configPlaces } from '../../src/cli/files/config-places.ts';
import { type Expectation, openTerminal, type TerminalOptions, type TestTerminal } from './terminal.ts';

/** How lvstop is started. */
export interface LvstopOptions extends Omit<TerminalOptions, 'command'> {
  /** Another program of the same screen in its place. */
  readonly program?: readonly string[];
}

/** A row of the table: its texts by column title. */
export type TableRow = Readonly<Record<string, string>>;

const checkout = resolve(import.meta.dirname, '../..');
const NAME = 'SERVICE / REAL SERVER';
const TITLES =
  /(SERVICE \/ REAL SERVER|MODE|SCHED|WEIGHT|SHARE\/DUE|ACTIVE|INACT|PERSIST|CONN\/s|(?:IN|OUT) (?:bit|pkt|b|p)\/s|TREND|TRAFFIC)[▲▼]?/g;

/**
 * Root's configuration has fixed places, which no variable changes, so a test cannot lead lvstop to others: where this
 * machine has one, it would decide what is tested.
 */
function refuseForeignConfiguration(): void {
  if (process.geteuid?.() !== 0) return;
  const found = configPlaces(processAccount()).files.find((file) => existsSync(file));
  if (found !== undefined)
    throw new Error(`${found} would be read: run the tests as another user, or without it`);
}

/** Starts `lvstop` with these arguments and waits for its first reading. */
export async function openLvstop(options: LvstopOptions = {}): Promise<Lvstop> {
  refuseForeignConfiguration();
  const { program = [process.execPath, join(checkout, 'bin/lvstop.js')], args = [], ...rest } = options;
  const [command = '', ...before] = program;
  const lvstop = new Lvstop(openTerminal({ ...rest, command, args: [...before, ...args] }));
  await lvstop.terminal.waitFor(() => lvstop.header() !== '' && !lvstop.header().includes('reading …'));
  return lvstop;
}

/** A running lvstop. */
export class Lvstop {
  readonly terminal: TestTerminal;

  constructor(terminal: TestTerminal) {
    this.terminal = terminal;
  }

  /** Presses keys, one after the other. */
  press(...keys: readonly string[]): void {
    this.terminal.press(...keys);
  }

  /** The lines above the table, or above what stands in its place. */
  header(): string {
    const screen = this.terminal.screen();
    return screen.slice(0, Math.max(0, titleLine(screen), paneLine(screen))).join('\n');
  }

  /** The last line: keys. */
  bar(): string {
    return this.terminal.screen().at(-1) ?? '';
  }

  /** What lvstop says above the bar, its lines joined. */
  said(): string {
    const screen = this.terminal.screen().slice(0, -1);
    const first = screen.findLastIndex((line) => /^[✓✗·] /.test(line));
    return screen
      .slice(first < 0 ? -1 : first)
      .join(' ')
      .replace(/ +/g, ' ')
      .trim();
  }

  /**
   * Waits until lvstop says it; the line breaks of a narrow screen do not matter. What is said while a change is being
   * written names it too, and is not what came of it.
   */
  async waitUntilSaid(text: string | RegExp): Promise<void> {
    const said = () => this.said().replace(/^· writing .*/, '');
    await this.terminal.waitFor(holding(text, said, 'what lvstop says'));
  }

  /** The rows in sight, from top to bottom. */
  rows(): TableRow[] {
    const screen = this.terminal.screen();
    const titles = titlesOf(screen[titleLine(screen)] ?? '');
    return this.#tableLines().map((y) => cellsOf(screen[y] ?? '', titles));
  }

  /** The names of the rows in sight: `tcp:203.0.113.10:80`, `10.0.0.21:8080`. */
  names(): string[] {
    return this.rows().map(nameOf);
  }

  /** The row of that name, the first below `service` if that is given. */
  row(name: string, service?: string): TableRow {
    const rows = this.rows();
    const from = service === undefined ? 0 : rows.findIndex((row) => nameOf(row) === service);
    const found = from < 0 ? undefined : rows.slice(from).find((row) => nameOf(row) === name);
    if (found === undefined) throw new Error(`no row ${name} on the screen:\n${this.terminal.text()}`);
    return found;
  }

  /** Titles of the columns in sight. */
  columns(): string[] {
    const screen = this.terminal.screen();
    return titlesOf(screen[titleLine(screen)] ?? '').map(({ title }) => title);
  }

  /** The name of the row under the cursor; empty when there is none in sight. */
  selected(): string {
    const y = this.#cursorLine();
    const screen = this.terminal.screen();
    return y < 0 ? '' : nameOf(cellsOf(screen[y] ?? '', titlesOf(screen[titleLine(screen)] ?? '')));
  }

  /** Puts the cursor on the row of that name, which must be in sight, the first below `service` if that is given. */
  async select(name: string, service?: string): Promise<void> {
    const names = this.names();
    const from = service === undefined ? 0 : names.indexOf(service);
    const target = names.indexOf(name, from);
    if (from < 0 || target < 0) throw new Error(`no row ${name} on the screen:\n${this.terminal.text()}`);
    const by = target - names.indexOf(this.selected());
    this.press(...Array<string>(Math.abs(by)).fill(by > 0 ? 'down' : 'up'));
    await this.waitForSelection(name);
  }

  /** Waits until the cursor is on the row of that name. */
  async waitForSelection(name: string): Promise<void> {
    await this.terminal.waitFor(() => this.selected() === name);
  }

  /** What stands in place of the table, its line breaks undone; empty when that is the table itself. */
  paneText(): string {
    const screen = this.terminal.screen();
    const first = paneLine(screen);
    return first < 0 ? '' : screen.slice(first, -1).join(' ').replace(/ +/g, ' ');
  }

  /** Waits until the table has made room for something that says this. */
  async waitForPane(text: string | RegExp): Promise<void> {
    await this.terminal.waitFor(holding(text, () => this.paneText(), 'the pane'));
  }

  /** Presses Esc and waits for the table. */
  async leavePane(): Promise<void> {
    this.press('escape');
    await this.terminal.waitFor(() => titleLine(this.terminal.screen()) >= 0);
  }

  /** The open dialog's lines without its frame; `null` when none is open. */
  dialog(): string[] | null {
    const screen = this.terminal.screen();
    // The header may have a frame of its own.
    const top = screen.findIndex((line) => line.includes('╭') && !line.startsWith('╭─ lvstop'));
    if (top < 0) return null;
    const left = screen[top]?.indexOf('╭') ?? 0;
    const right = screen[top]?.indexOf('╮') ?? 0;
    const bottom = screen.findIndex((line, y) => y > top && line[left] === '╰');
    return screen
      .slice(top + 1, bottom < 0 ? undefined : bottom)
      .map((line) => line.slice(left + 1, right).trim());
  }

  /** The open dialog's text, its line breaks undone, and one blank where there are several. */
  dialogText(): string {
    return (this.dialog() ?? []).join(' ').replace(/ +/g, ' ');
  }

  /** Waits for a dialog that says this. */
  async waitForDialog(text: string | RegExp): Promise<void> {
    await this.terminal.waitFor(holding(text, () => this.dialogText(), 'the dialog'));
  }

  /** Waits until no dialog is open. */
  async waitUntilClosed(): Promise<void> {
    await this.terminal.waitFor(() => this.dialog() === null);
  }

  /** Presses Esc and waits for the dialog's end: what came sooner than 40 ms after it would be Alt with that key. */
  async cancel(): Promise<void> {
    this.press('escape');
    await this.waitUntilClosed();
  }

  #tableLines(): number[] {
    const screen = this.terminal.screen();
    const title = titleLine(screen);
    const last = screen.findLastIndex((line, y) => y > title && /^[*▌ ][▽~✗▲⊘ ][▾▸├└0-9[]/.test(line));
    return Array.from({ length: Math.max(0, last - title) }, (_, offset) => title + 1 + offset);
  }

  #cursorLine(): number {
    // Of the whole screen, where lvstop paints it: nothing marks the last line.
    const ground = this.terminal.cell(0, this.terminal.screen().length - 1).background;
    return (
      this.#tableLines().find((y) => {
        const { text, background, inverse } = this.terminal.cell(0, y);
        return text === '▌' || inverse || background === '6' || (text === '*' && background !== ground);
      }) ?? -1
    );
  }
}

/** A condition that tells what it looks for when it is waited for in vain. */
function holding(text: string | RegExp, read: () => string, where: string): Expectation {
  const condition = () => (typeof text === 'string' ? read().includes(text) : text.test(read()));
  condition.toString = () => `${typeof text === 'string' ? JSON.stringify(text) : text} in ${where}`;
  return condition;
}

interface Title {
  readonly title: string;
  readonly start: number;
  readonly end: number;
  /** Where the column's cells begin and end. */
  readonly from: number;
  readonly to: number;
}

function titleLine(screen: readonly string[]): number {
  return screen.findIndex((line) => /^ {2}SERVICE/.test(line));
}

/** The title of the detail of a service or real server. */
function paneLine(screen: readonly string[]): number {
  return screen.findIndex((line) => /^(✗ gone .*|Service |Real server )\S+:/.test(line));
}

/** The columns by their titles: those before WEIGHT stand left, all others right. */
function titlesOf(line: string): Title[] {
  // Never by blanks: with the arrow of the sorted one a title can touch the one before.
  const found = [...line.matchAll(TITLES)].map((match) => ({
    title: match[1] ?? '',
    start: match.index,
    end: match.index + match[0].length,
  }));
  const isLeft = (title: string) => [NAME, 'MODE', 'SCHED'].includes(title);
  return found.map((title, index) => {
    const before = found[index - 1];
    const after = found[index + 1];
    return isLeft(title.title)
      ? { ...title, from: title.start, to: after?.start ?? Number.POSITIVE_INFINITY }
      : {
          ...title,
          from: before === undefined || isLeft(before.title) ? title.start : before.end,
          to: title.end,
        };
  });
}

function cellsOf(line: string, titles: readonly Title[]): TableRow {
  const cells = [...line];
  return Object.fromEntries(
    titles.map(({ title, from, to }) => [title, withoutBar(cells.slice(from, to).join('')).trim()]),
  );
}

/** Of a share the numbers behind its bar. */
function withoutBar(text: string): string {
  return text.replace(/[━╸─┿┼]+ /, '');
}

function nameOf(row: TableRow): string {
  // The fold signs of services, the branches to real servers, and the signs behind them.
  return (row[NAME] ?? '').replace(/^[▾▸├└✗▲⊘ ]*/, '');
}
