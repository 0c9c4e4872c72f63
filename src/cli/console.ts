import { createInterface } from 'node:readline';

/** Where a command writes, and whom it can ask. */
export interface CommandConsole {
  /** What was asked for, as it is. */
  out(text: string): void;
  /** A line about what goes on, without its newline. */
  err(line: string): void;
  /** Shows one line that the next one takes the place of; left out where there is no terminal to do that on. */
  readonly status?: (line: string) => void;
  /** Asks a question that yes or no answers; `null` when there is no terminal to ask on. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
}

/** The console of this process. A reader of the output that goes away (`| head`) ends it quietly. */
export function processConsole(): CommandConsole {
  const { stdin, stdout, stderr } = process;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  let hasStatus = false;
  const clearStatus = () => {
    if (hasStatus) stderr.write('\r\x1b[K');
    hasStatus = false;
  };
  return {
    out: (text) => {
      clearStatus();
      stdout.write(text);
    },
    err: (line) => {
      clearStatus();
      stderr.write(`${line}\n`);
    },
    ...(stderr.isTTY && {
      status: (line: string) => {
        clearStatus();
        // A line that wraps could not be taken back.
        stderr.write(line.slice(0, stderr.columns - 1));
        hasStatus = true;
      },
    }),
    confirm: stdin.isTTY && stderr.isTTY ? confirm : null,
  };
}

/** Everything but a clear yes is a no, the end of the input too. */
function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.on('close', () => resolve(false));
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      lines.close();
    });
  });
}
