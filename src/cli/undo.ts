import type { Command } from 'commander';
import { type LastUndo, planLastUndo, planUndo } from '../changes/journal/plan-undo.ts';
import { allAtOnce } from '../changes/slices.ts';
import type { Director } from '../director/director.ts';
import { carryOutPlan, type WriteOptions } from './carry-out.ts';
import { addOptions, createCommand, optionValues } from './command.ts';
import { type CommandContext, withDirector } from './context.ts';
import { findChange } from './find-change.ts';
import { openJournal } from './open-journal.ts';
import { writeOptions } from './option-table.ts';
import { showDamages } from './show-damages.ts';

/** Changes that are looked through where none is named; all are where one is. */
const lookedThrough = 200;

/** `lvstop undo [ID]`. */
export function undoCommand(context: CommandContext): Command {
  const command = createCommand(context, 'undo', 'take back the last change, or a chosen one')
    .usage('[ID] [options]')
    .argument('[id]', 'which change, by the name that "lvstop journal" prints; without one, the last')
    .addHelpText(
      'after',
      '\nThe table is looked at first: where another hand has changed since what the change made, nothing is\nwritten, and both versions are shown. Again and again goes back in time; the undo of an undo does a change\nagain. Counters and connections do not come back.\n\nExamples:\n  lvstop undo --dry-run\n  lvstop undo 1f2e3d4c',
    )
    .action(async (id: string | undefined) => {
      const options = optionValues<WriteOptions>(command);
      await withDirector(context, { demo: options.demo ?? false }, async (director) => {
        const { console } = context;
        const wanted = plannedUndo(context, director, id);
        for (const sentence of wanted?.passedOver ?? []) console.err(sentence);
        if (wanted === undefined) console.err('nothing to undo');
        else if (wanted.plan.steps.length === 0) console.err('already so: nothing to do');
        else await carryOutPlan(context, director, wanted.plan, { ...options, undoes: wanted.change.id });
      });
    });
  return addOptions(command, writeOptions);
}

function plannedUndo(
  context: CommandContext,
  director: Director,
  id: string | undefined,
): LastUndo | undefined {
  const journal = openJournal(context, director.source);
  const reading = allAtOnce(journal.read(id === undefined ? lookedThrough : Infinity));
  showDamages(context.console, reading);
  if (id === undefined) return planLastUndo(director, reading.changes);
  const change = findChange('undo', reading.changes, id);
  return { change, plan: planUndo(director, change), passedOver: [] };
}
