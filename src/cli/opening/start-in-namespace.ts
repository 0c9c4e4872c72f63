import { isSea } from 'node:sea';

/**
 * Starts lvstop over in this process (execve), with the arguments that it has, for the table of another network
 * namespace; the PID and the terminal stay the same. Returns only where that fails, with the reason.
 */
export function startInNamespace(word: string): string {
  const { execPath, execArgv, argv, env } = process;
  // A single executable has Node and the script in itself.
  const program = isSea() ? [] : [...execArgv, argv[1] ?? ''];
  if (process.execve === undefined) return 'this Node cannot start a process over';
  // Where the option is given twice, the last counts.
  return process.execve(execPath, [execPath, ...program, ...argv.slice(2), '--netns', word], env);
}
