import { isSea } from 'node:sea';

/**
 * Starts this process over, with the arguments that it has, for the table of another network namespace: it stays the
 * same one, on the same terminal. Comes back only where it cannot, with the reason.
 */
export function startInNamespace(word: string): string {
  const { execPath, execArgv, argv, env } = process;
  // A single executable is all of this itself.
  const program = isSea() ? [] : [...execArgv, argv[1] ?? ''];
  if (process.execve === undefined) return 'this Node cannot start a process over';
  // Where the option is given twice, the last counts.
  return process.execve(execPath, [execPath, ...program, ...argv.slice(2), '--netns', word], env);
}
