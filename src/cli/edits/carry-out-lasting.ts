import type { Intention } from '../../changes/plan/intention.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { count } from '../../changes/steps/describe.ts';
import type { Director } from '../../director/director.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { findKeepalived } from '../../manager/keepalived/keepalived-process.ts';
import { isOwned } from '../../manager/lasting/configuration-edit.ts';
import { type LastingChange, makeLasting } from '../../manager/lasting/lasting-change.ts';
import { planLasting, shownDiff, undoneWhen } from '../../manager/lasting/lasting-plan.ts';
import { planTracked } from '../../manager/lasting/tracked-plan.ts';
import { findLdirectord } from '../../manager/ldirectord/ldirectord-process.ts';
import {
  type ManagedConfiguration,
  readingManagedConfiguration,
} from '../../manager/managed-configuration.ts';
import { allAtOnce, type Work } from '../../system/turns.ts';
import type { CommandContext } from '../context/context.ts';
import { requireHostName, requireWritable } from './read-only.ts';
import { openJournalling } from './record-change.ts';
import { requireConfirmation, showDone, showWarnings } from './tell-plan.ts';
import type { WriteOptions } from './write-options.ts';

/**
 * The configuration of the keepalived that keeps this table; `null` where none runs. Throws an input `IpvsError` where
 * it cannot be read.
 */
export function* readManaged(
  context: CommandContext,
  { demo }: WriteOptions,
): Work<ManagedConfiguration | null> {
  const keepalived = demo !== undefined ? undefined : (context.findKeepalived ?? findKeepalived)();
  return keepalived === undefined ? null : yield* readingManagedConfiguration(keepalived);
}

/** Whether a change is to be made in a file of keepalived's, too. */
export function isLasting({ lasting, trackFile }: WriteOptions): boolean {
  return lasting === true || trackFile === true;
}

/**
 * What is said of a change that keepalived will undo; empty where its configuration does not have the objects, or
 * `--now` asked for that.
 */
export function lastingRemarks(
  context: CommandContext,
  options: WriteOptions,
  intentions: readonly Intention[],
): string[] {
  if (options.now === true) return [];
  let managed: ManagedConfiguration | null;
  try {
    managed = allAtOnce(readManaged(context, options));
  } catch (error) {
    // A configuration that cannot be read is no reason not to change the table.
    if (error instanceof IpvsError) return [`keepalived runs, and what it has is not known: ${error.reason}`];
    throw error;
  }
  const intention = intentions.find((each) => managed !== null && isOwned(managed, each));
  if (managed === null || intention === undefined) return [];
  return [
    `now only: keepalived (process ${managed.keepalived.pid}) ${undoneWhen(managed, intention)}; --lasting changes ${visible(managed.keepalived.file)}, too`,
  ];
}

/**
 * Changes keepalived's configuration, and through it the table: shows both and the warnings of `more`, asks where it
 * has to, does it and says what was done. `false` where the configuration says it already, so that only the table is
 * left. Throws an `IpvsError` where it was not done, which says how things stand then.
 */
export async function carryOutLasting(
  context: CommandContext,
  director: Director,
  intentions: readonly Intention[],
  options: WriteOptions,
  network: NetworkFacts | undefined,
  more: Partial<Pick<Plan, 'warnings' | 'destructive'>> = {},
): Promise<boolean> {
  // A foresight is the same with the file and without it.
  if (context.foresee !== undefined) return false;
  if (options.confirmWithin !== undefined) {
    throw IpvsError.input(
      'bad-usage',
      'make the change lasting',
      '',
      '--lasting and --confirm-within exclude each other: what keepalived has read is not taken back by itself',
      'give one of them',
    );
  }
  const managed = requireManaged(context, options);
  const isTracked = options.trackFile === true;
  const planned = allAtOnce(
    isTracked
      ? planTracked(director, managed, intentions)
      : planLasting(director, managed, intentions, network),
  );
  if (planned === undefined) {
    const file = isTracked ? 'its track_file' : visible(managed.keepalived.file);
    context.console.err(`${file} says so already: only the table is changed`);
    return false;
  }
  const { warnings, isTemplate, plan } = planned;
  await carryOutChange(
    context,
    director,
    {
      ...planned,
      plan: {
        ...plan,
        warnings: [...warnings, ...plan.warnings, ...(more.warnings ?? [])],
        destructive: plan.destructive || isTemplate || more.destructive === true,
      },
    },
    options,
  );
  return true;
}

function requireManaged(context: CommandContext, options: WriteOptions): ManagedConfiguration {
  const managed = allAtOnce(readManaged(context, options));
  if (managed !== null) return managed;
  const ldirectord = options.demo !== undefined ? undefined : (context.findLdirectord ?? findLdirectord)();
  if (ldirectord !== undefined) {
    throw IpvsError.input(
      'nothing-to-do',
      'make the change lasting in',
      visible(ldirectord.file),
      `ldirectord (process ${ldirectord.pid}) keeps this table, and lasting edits are keepalived's only`,
      'leave --lasting out, and edit that file by hand',
    );
  }
  throw IpvsError.input(
    'nothing-to-do',
    'make the change lasting',
    '',
    'no keepalived is seen in this network namespace; only its configuration can be changed so',
    'leave --lasting out, and save the table with "lvstop save" if it shall outlast a restart',
  );
}

/**
 * Makes a planned change of file and table: shows both, asks where it has to, does it and says what was done. Throws an
 * `IpvsError` where it was not done, which says how things stand then.
 */
export async function carryOutChange(
  context: CommandContext,
  director: Director,
  change: LastingChange,
  options: WriteOptions,
): Promise<void> {
  const { console } = context;
  const { edit, plan, managed } = change;
  const shown = [`${visible(edit.path)}:`, ...shownDiff(edit).map(({ sign, text }) => `${sign} ${text}`)];
  if (options.dryRun === true) {
    console.out([...shown, ...plan.lines].map((line) => `${line}\n`).join(''));
    showWarnings(console, plan.warnings);
    return;
  }
  await requireWritable(context, options, visible(edit.path), ', or add --dry-run to see what would be done');
  for (const line of shown) console.err(line);
  showWarnings(console, plan.warnings);
  if (plan.destructive && options.yes !== true) await requireConfirmation(console, plan);
  await requireHostName(context, options);
  const journalling = options.journal === false ? null : openJournalling(context, director, 'command');
  const { undoes } = options;
  const outcome = await makeLasting(change, {
    director,
    journalling: journalling && { ...journalling, ...(undoes !== undefined && { undoes }) },
    findKeepalived: context.findKeepalived ?? findKeepalived,
    ...context.lastingTools,
  });
  const lines = edit.hunks.reduce(
    (sum, { removed, added }) => sum + Math.max(removed.length, added.length),
    0,
  );
  showDone(console, plan.steps);
  console.out(
    `${count(lines, 'line')} changed in ${visible(edit.path)}, which keepalived (process ${managed.keepalived.pid}) ${change.way === 'reload' ? 'has read' : 'follows without a reload'}\n`,
  );
  if (outcome.former !== null) console.err(`the version before is ${visible(outcome.former)}`);
  showWarnings(console, outcome.remarks);
}
