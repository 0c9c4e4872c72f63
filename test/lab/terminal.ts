/** Runs a program on this process's own terminal, through a pty between, so that size and keys reach it truly. */
import { spawn } from '@lydell/node-pty';

/** Leaves full-screen mode, shows the cursor, turns off mouse reports: for a guest that died in the middle. */
const CALM = '\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?2026l\x1b[0m';

/**
 * Runs the command to its end, keys going in and output coming out; changes of this terminal's size are handed on.
 * @param started is told the process id, which is also that of the process group.
 */
export async function runOnTerminal(
  command: readonly string[],
  env: Record<string, string>,
  size: { readonly columns: number; readonly rows: number },
  started: (pid: number) => void,
): Promise<void> {
  const [program = '', ...rest] = command;
  const { stdin, stdout } = process;
  const child = spawn(program, rest, { name: 'xterm-256color', cols: size.columns, rows: size.rows, env });
  const restore = () => {
    if (stdin.isTTY) {
      stdin.setRawMode(false);
    }
    stdout.write(CALM);
  };
  const onKeys = (keys: Buffer) => child.write(keys.toString());
  const onResize = () => child.resize(stdout.columns, stdout.rows);
  process.once('exit', restore);
  started(child.pid);
  if (stdin.isTTY) {
    stdin.setRawMode(true);
  }
  stdin.on('data', onKeys);
  stdout.on('resize', onResize);
  child.onData((text) => stdout.write(text));
  await new Promise<void>((done) => child.onExit(() => done()));
  stdin.off('data', onKeys);
  stdin.pause();
  stdout.off('resize', onResize);
  process.off('exit', restore);
  restore();
}
