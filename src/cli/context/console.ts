import { createInterface } from 'node:readline';
import { systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import { type ColorDepth, colorDepthOf } from '../../terminal/color-depth.ts';
import { foundCode, unwrittenCode } from './exit-code.ts';

/** Where a command writes, and whom it can ask. */
export interface CommandConsole {
  /** Prints what was asked for, as it is, without a newline of its own. */
  out(text: string): void;
  /** Prints a line about what goes on; `line` comes without its newline. */
  err(line: string): void;
  /** Width in cells of the terminal that `err` writes to; left out where it writes to none. */
  readonly errColumns?: number | undefined;
  /** Shows one line until the next output takes its place; left out where there is no terminal to do that on. */
  readonly status?: (line: string) => void;
  /** The terminal that `out` writes to; left out where it writes to none. */
  readonly terminal?: PrintedTerminal;
  /**
   * Asks a question that yes or no answers, or where only one `answer` is a yes; `null` when there is no terminal to
   * ask on.
   */
  readonly confirm: ((question: string, answer?: string) => Promise<boolean>) | null;
  /** Aborted when what is printed reaches nobody any more; left out where that cannot be. */
  readonly unheard?: AbortSignal;
}

/** A terminal that is printed on. */
export interface PrintedTerminal {
  /** Its size in cells, as it is now. */
  readonly columns: number;
  readonly rows: number;
  /** The colours it can show, none where NO_COLOR forbids them. */
  readonly colorDepth: ColorDepth;
}

/** Least width in cells that text is wrapped at: where it is narrower even words are cut, and nothing reads well. */
const leastWidth = 40;

/** Width in cells of a line on standard output, unlimited where that is no terminal. */
export function printedWidth({ terminal }: CommandConsole): number {
  return terminal === undefined ? Number.POSITIVE_INFINITY : Math.max(leastWidth, terminal.columns);
}

/** Width in cells of a line on standard error, likewise. */
export function toldWidth({ errColumns }: CommandConsole): number {
  return errColumns === undefined ? Number.POSITIVE_INFINITY : Math.max(leastWidth, errColumns);
}

/** What a command that goes on by itself says of its end behind what it does; nothing in a unit's journal or a script. */
export function howItEnds({ errColumns }: CommandConsole): string {
  return errColumns === undefined ? '' : '; Ctrl-C ends';
}

/**
 * The console of this process. When the reader of the output goes away (`| head`), what only prints may end, and
 * what a command was asked to do goes on to its end. Output that cannot be written for another reason, a full
 * disk or a closed file, is said, and the process ends with a code of its own unless it has failed anyway.
 */
export function processConsole(): CommandConsole {
  const { stdin, stdout, stderr } = process;
  const unheard = new AbortController();
  stdout.on('error', (error) => {
    if (unheard.signal.aborted) return;
    unheard.abort();
    const code = systemErrorCode(error);
    if (code === 'EPIPE') return;
    stderr.write(
      `lvstop: write to standard output: ${systemErrorReason(code)}; what was printed is not whole\n`,
    );
    process.once('exit', () => {
      // A caller that is told "found" looks for it in the output, which is not whole.
      if (!process.exitCode || process.exitCode === foundCode) process.exitCode = unwrittenCode;
    });
  });
  // There is nobody left to be told.
  stderr.on('error', () => undefined);
  let hasStatus = false;
  const clearStatus = () => {
    if (hasStatus) stderr.write('\r\x1b[K');
    hasStatus = false;
  };
  return {
    out: (text) => {
      clearStatus();
      if (!unheard.signal.aborted) stdout.write(text);
    },
    err: (line) => {
      clearStatus();
      stderr.write(`${line}\n`);
    },
    ...(stderr.isTTY && {
      get errColumns() {
        return stderr.columns || usualColumns;
      },
      status: (line: string) => {
        clearStatus();
        // A line that wraps could not be taken back.
        stderr.write(line.slice(0, stderr.columns - 1));
        hasStatus = true;
      },
    }),
    ...(stdout.isTTY && {
      terminal: {
        // Some pseudo-terminals say 0.
        get columns() {
          return stdout.columns || usualColumns;
        },
        get rows() {
          return stdout.rows || usualRows;
        },
        colorDepth: colorDepthOf(stdout.getColorDepth()),
      },
    }),
    confirm: stdin.isTTY && stderr.isTTY ? confirm : null,
    unheard: unheard.signal,
  };
}

const usualColumns = 80;
const usualRows = 24;

/**
 * Everything but a clear yes is a no, the end of the input and Ctrl-C too. The terminal edits the line itself: in
 * readline's raw mode, a signal that ends the process would leave it raw.
 */
function confirm(question: string, wanted?: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const interrupt = () => {
    process.stderr.write('\n');
    lines.close();
  };
  process.once('SIGINT', interrupt);
  return new Promise((resolve) => {
    lines.on('close', () => {
      process.off('SIGINT', interrupt);
      resolve(false);
    });
    lines.question(wanted === undefined ? `${question} [y/N] ` : `${question} `, (answer) => {
      const said = answer.trim();
      resolve(wanted === undefined ? /^y(es)?$/i.test(said) : said === wanted);
      lines.close();
    });
  });
}
