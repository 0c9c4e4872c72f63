/** Tries an operation with a disturbance, from a clean start, and judges what came of it. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { words } from '../cli/harness.ts';
import type { Ground } from './ground.ts';
import { olderFile, problemsAfter } from './judge.ts';
import type { Operation } from './operations.ts';
import { failures, killMoments } from './system-calls.ts';
import {
  callName,
  type Effect,
  isSameCall,
  runTraced,
  type SystemCall,
  type TracedRun,
} from './traced-run.ts';

/** What came of one try. */
export type Verdict =
  | { readonly kind: 'held' }
  | { readonly kind: 'failed'; readonly problems: readonly string[] }
  /** The call did not come again as in the undisturbed run, so that nothing was tried. */
  | { readonly kind: 'missed' };

/** A call of an operation, and what shall happen at it. */
export interface Disturbance {
  readonly operation: Operation;
  readonly call: SystemCall;
  readonly effect: Effect;
}

/** Times that a call is looked for again, whose place differs from run to run. */
export const mostTries = 3;

/** The name by which a case is repeated: `edit: fsync lvstop/changes.journal 2 EIO`. */
export function caseName({ operation, call, effect }: Disturbance): string {
  const what = 'signal' in effect ? effect.signal : `${effect.errno}${effect.isLasting ? '+' : ''}`;
  return `${operation.name}: ${callName(call)} ${what}`;
}

/** Puts table, state and files as they are before the operation. */
export async function prepare(ground: Ground, operation: Operation): Promise<void> {
  // The state folder is lvstop's to make; a disk that is mounted in its place stays.
  for (const folder of [ground.state, ground.files]) empty(folder);
  mkdirSync(ground.files, { recursive: true, mode: 0o700 });
  if (operation.file !== undefined) {
    writeFileSync(join(ground.files, 'table.rules'), operation.file, { mode: 0o600 });
    if (operation.kind === 'save')
      writeFileSync(join(ground.files, 'table.rules.previous'), olderFile, { mode: 0o600 });
  }
  if (operation.earlier.length === 0) {
    ground.become(operation.before);
    return;
  }
  ground.become(operation.undone);
  for (const line of operation.earlier) {
    const { exitCode, err } = await ground.call(line);
    if (exitCode !== 0) throw new Error(`"${line}" failed undisturbed: ${err}`);
  }
}

function empty(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    rmSync(join(folder, name), { recursive: true });
  try {
    rmdirSync(folder);
  } catch {
    // Not there, or a disk of its own.
  }
}

/** The words of an operation's command. */
export function commandOf({ command }: Operation, { files }: Ground): string[] {
  return words(command.replace('FILES', files));
}

/** Runs the operation undisturbed and gives its calls. */
export async function undisturbed(
  ground: Ground,
  operation: Operation,
  names: readonly string[],
): Promise<TracedRun> {
  await prepare(ground, operation);
  const run = await runTraced(ground.program(commandOf(operation, ground)), names, ground.root);
  const problems = await problemsAfter(ground, operation, run);
  if (run.exitCode !== 0 || problems.length > 0)
    throw new Error(`${operation.name} failed undisturbed: ${run.exitCode} ${run.err}${problems.join('\n')}`);
  return run;
}

/** Tries it. */
export async function tryDisturbed(ground: Ground, disturbance: Disturbance): Promise<Verdict> {
  const { operation, effect } = disturbance;
  const isKill = 'signal' in effect;
  const names = isKill ? killMoments : Object.keys(failures);
  let { call } = disturbance;
  for (let time = 0; time < mostTries; time++) {
    await prepare(ground, operation);
    const run = await runTraced(ground.program(commandOf(operation, ground)), names, ground.root, {
      call,
      effect,
    });
    if (
      isKill ? run.signal === 'SIGKILL' : run.calls.some((one) => one.wasInjected && isSameCall(one, call))
    ) {
      const problems = await problemsAfter(ground, operation, {
        ...run,
        exitCode: isKill ? null : run.exitCode,
      });
      return problems.length === 0 ? { kind: 'held' } : { kind: 'failed', problems };
    }
    if (isKill) return { kind: 'missed' };
    const again = run.calls.find((one) => isSameCall(one, call));
    if (again === undefined) break;
    call = again;
  }
  return { kind: 'missed' };
}
