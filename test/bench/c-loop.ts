/** The C loop over the same dumps as a sweep, dump.c, compiled on the spot. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** Runs when it is told to, so that it can take turns with what it is compared with. */
export class CLoop {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  /** Compiles and starts it; `folder` takes the program. */
  constructor(folder: string) {
    const program = join(folder, 'dump');
    execFileSync(findCompiler(), ['-O2', '-o', program, join(import.meta.dirname, 'dump.c')]);
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#lines = createInterface(child.stdout);
  }

  /** Reads the whole table once and gives the milliseconds. */
  async run(): Promise<number> {
    const line = once(this.#lines, 'line');
    this.#child.stdin?.write('\n');
    const [milliseconds] = await line;
    return Number(milliseconds);
  }

  /** Ends it. */
  close(): void {
    this.#child.stdin?.end();
  }
}

function findCompiler(): string {
  for (const name of ['gcc', 'cc', 'tcc'])
    try {
      execFileSync(name, ['-v'], { stdio: 'ignore' });
      return name;
    } catch {
      // The next one, then.
    }
  throw new Error('there is no C compiler');
}
