import type { Command } from 'commander';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { changeName, type LastUndo, planLastUndo } from '../../changes/undo/plan-undo.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { planWholeUndo, type WholeUndo } from '../../manager/lasting/lasting-undo.ts';
import { allAtOnce } from '../../system/turns.ts';
import { interruptible } from '../context/clock.ts';
import type { CommandConsole } from '../context/console.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { isUnconfirmed } from '../edits/await-confirmation.ts';
import { carryOutPlan } from '../edits/carry-out.ts';
import { carryOutChange, readManaged } from '../edits/carry-out-lasting.ts';
import { findChange } from '../edits/find-change.ts';
import { judgeChange } from '../edits/judge-change.ts';
import { openJournal } from '../edits/open-journal.ts';
import { showDamages } from '../edits/show-damages.ts';
import type { WriteOptions } from '../edits/write-options.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { writeOptions } from '../options/option-table.ts';

/** How many of the newest changes are searched where no ID is given; with an ID all are. */
const lookedThrough = 200;

const undoOptions = [
  ...writeOptions,
  {
    flags: '--unless-confirmed',
    help: 'wait until the time of --confirm-within is over, and only if nobody has confirmed the change',
    hidden: true,
  },
  {
    flags: '--or-forbid',
    help: 'where the journal has no such change, see to it that none of that name is made any more',
    hidden: true,
  },
] as const satisfies readonly OptionEntry[];

/** `lvstop undo [ID]`. */
export function undoCommand(context: CommandContext): Command {
  const command = createCommand(context, 'undo', 'take back the last change, or a chosen one')
    .usage('[ID] [options]')
    .argument('[id]', 'which change, by the name that "lvstop journal" prints; without one, the last')
    .addHelpText(
      'after',
      '\nThe table is looked at first: where another hand has changed since what the change made, nothing is\nwritten, and both versions are shown. What lvstop was cut off from seeing done is asked about, with both\nversions, also after --yes unless the change is named. Again and again goes back in time; the undo of an undo does a change\nagain. Counters and connections do not come back.\n\nExamples:\n  lvstop undo --dry-run\n  lvstop undo 1f2e3d4c',
    )
    .action(async (id: string | undefined) => {
      const options = optionValues(command, undoOptions);
      if (options.unlessConfirmed === true && id !== undefined) {
        const journal = openJournal(context, options.demo !== undefined ? 'simulated' : 'kernel');
        if (!(await interruptible((signal) => isUnconfirmed(context, journal, id, signal)))) return;
      }
      if (options.orForbid === true && id !== undefined && isForbidden(context, id)) return;
      await withDirector(context, { demo: options.demo ?? false }, async (director) => {
        const { console } = context;
        const wanted = plannedUndo(context, director, id, options);
        for (const sentence of wanted?.passedOver ?? []) console.err(sentence);
        if (wanted === undefined) console.err('nothing to undo');
        else if (wanted.plan.isNothing) console.err('already so: nothing to do');
        else {
          const yes = isAgreedTo(wanted, options, id, console);
          const given = { ...options, yes, undoes: wanted.change.id };
          const { plan } = wanted;
          if (plan.lasting === null) await carryOutPlan(context, director, plan, given);
          else await carryOutChange(context, director, plan.lasting, given);
        }
      });
    });
  return addOptions(command, undoOptions);
}

/**
 * Forbids a change that the journal does not have, so that it cannot be made later; `false` where the journal has it.
 */
function isForbidden(context: CommandContext, id: string): boolean {
  const journal = openJournal(context, 'kernel');
  const has = () => allAtOnce(journal.read(Infinity)).changes.some((change) => change.id === id);
  if (has()) return false;
  judgeChange(journal, id, 'lapsed');
  // A change that began at the same moment is in the journal by now: it finds that it is forbidden, or the undo that
  // follows takes it back.
  if (has()) return false;
  context.console.out(`change ${id} was not made here, and will not be\n`);
  return true;
}

/**
 * Whether the undo goes ahead without a question. Where what is taken back may be another hand's, --yes is enough only
 * together with the ID of the change: whoever gives that has been told. Throws an input `IpvsError` where there is no
 * terminal to ask on.
 */
function isAgreedTo(
  { change, plan: { unseen } }: LastUndo,
  { yes = false, dryRun = false }: WriteOptions,
  id: string | undefined,
  { confirm }: CommandConsole,
): boolean {
  const isAgreed = yes && (unseen === null || id !== undefined);
  if (unseen === null || isAgreed || dryRun || confirm !== null) return isAgreed;
  throw IpvsError.input(
    'not-confirmed',
    'undo',
    changeName(change),
    `${unseen}; there is no terminal to ask on`,
    `"lvstop undo ${change.id} --yes" takes it back all the same; nothing was done`,
  );
}

function plannedUndo(
  context: CommandContext,
  director: Director,
  id: string | undefined,
  options: WriteOptions,
): LastUndo<WholeUndo> | undefined {
  const journal = openJournal(context, director.source);
  const reading = allAtOnce(journal.read(id === undefined ? lookedThrough : Infinity));
  if (id === undefined && reading.problem !== null) {
    // The last change may be in what cannot be read; one before it is not what was asked for.
    throw IpvsError.input(
      'journal-unreadable',
      'undo the last change of',
      journal.place,
      reading.problem,
      'nothing was done; set that right, or name a change that "lvstop journal" shows',
    );
  }
  showDamages(context.console, reading);
  const planOf = (change: JournalledChange) =>
    planWholeUndo(director, change, () => readManaged(context, options));
  if (id === undefined) return allAtOnce(planLastUndo(director, reading.changes, planOf));
  const change = findChange('undo', reading.changes, id);
  return { change, plan: allAtOnce(planOf(change)), passedOver: [] };
}
