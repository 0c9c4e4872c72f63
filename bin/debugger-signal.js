/** Keeps SIGUSR1 from opening Node's debugger: known from Node 22.14 and 23.7 on. */
const flag = '--disable-sigusr1';

/**
 * Starts this process over, as `bin/lvstop` would have, where it was started without the flag: `node bin/lvstop.js`.
 * It stays the same process, with its terminal, files and arguments; a debugger that was opened by then is closed.
 * @returns what to say where this Node cannot do it; `undefined` where nothing had to be done.
 */
export function withoutDebuggerSignal() {
  // Windows has no signals.
  if (process.platform === 'win32' || process.execArgv.includes(flag)) return undefined;
  // Since Node 22.15 and 23.11, so one that has it knows the flag.
  if (process.execve === undefined) {
    return `lvstop needs Node 22.15 or newer, or 23.11 or newer; this is ${process.version}`;
  }
  return process.execve(
    process.execPath,
    [process.execPath, flag, ...process.execArgv, ...process.argv.slice(1)],
    process.env,
  );
}
