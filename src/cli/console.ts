import { createInterface } from 'node:readline';

/** Where a command writes, and whom it can ask. */
export interface CommandConsole {
  /** What was asked for, as it is. */
  out(text: string): void;
  /** A line about what goes on, without its newline. */
  err(line: string): void;
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
  return {
    out: (text) => void stdout.write(text),
    err: (line) => void stderr.write(`${line}\n`),
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
