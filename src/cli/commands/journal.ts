import type { Command } from 'commander';
import type { Journal, JournalReading } from '../../changes/journal/journal.ts';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { describeStep, describeSteps, stepLine } from '../../changes/steps/step-kinds.ts';
import { describeObjects, describeState, formatTime, lastingWords } from '../../changes/undo/change-words.ts';
import { inverseLines, undoObstacle } from '../../changes/undo/plan-undo.ts';
import { foretoldLines } from '../../foresight/foretold-change.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { allAtOnce } from '../../system/turns.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import type { Demo } from '../context/demo.ts';
import { findChange } from '../edits/find-change.ts';
import { openJournal } from '../edits/open-journal.ts';
import { tellUnfinished } from '../edits/record-change.ts';
import { showDamages } from '../edits/show-damages.ts';
import { foresightRecordOf } from '../files/foresight-file.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';

const journalOptions = [
  {
    flags: '-n, --number <n>',
    help: 'how many, the newest first (default: 20)',
    read: (text) => Math.floor(readNumberWithin('--number', text, 1, 1_000_000)),
  },
  { flags: '--json', help: 'print them as JSON, with every setting before and after' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop journal [ID]`. */
export function journalCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'journal',
    'print the changes that lvstop has made, the newest first',
  )
    .usage('[ID] [options]')
    .argument('[id]', 'one change in full: each object before and after, and what takes it back')
    .addHelpText('after', '\nExamples:\n  lvstop journal -n 5\n  lvstop journal 1f2e3d4c')
    .action(async (id: string | undefined) => {
      const options = optionValues(command, journalOptions);
      const { console } = context;
      const { demo } = options;
      const journal = openJournal(context, demo ? 'simulated' : 'kernel');
      const reading = allAtOnce(journal.read(id === undefined ? (options.number ?? 20) : Infinity));
      showDamages(console, reading);
      const chosen = chosenChanges(reading, id, options.number ?? 20);
      if (options.json === true) console.out(`${jsonText(jsonOf(chosen, reading))}\n`);
      else if (id !== undefined)
        for (const change of chosen)
          console.out(fullText(change, foretoldOf(context, demo !== undefined, change)));
      else if (chosen.length > 0) console.out(table(chosen));
      else console.err(`no change is recorded (${journal.place})`);
      await tellUnfinishedIfReachable(context, demo, journal);
    });
  return addOptions(command, journalOptions);
}

/** Says nothing where IPVS cannot be reached: the journal is read after a restart too, before IPVS is loaded. */
async function tellUnfinishedIfReachable(
  context: CommandContext,
  demo: Demo | undefined,
  journal: Journal,
): Promise<void> {
  try {
    await withDirector(context, { demo }, (director) => tellUnfinished(context, director, journal));
  } catch (error) {
    if (!(error instanceof IpvsError) || error.kind !== 'unreachable') throw error;
  }
}

/** What was foretold of a change, and what came of it. */
function foretoldOf({ account }: CommandContext, demo: boolean, { id }: JournalledChange): readonly string[] {
  if (demo) return [];
  return foresightRecordOf(account)
    .all()
    .filter((change) => change.id === id)
    .flatMap(foretoldLines);
}

function chosenChanges(
  { changes }: JournalReading,
  id: string | undefined,
  number: number,
): readonly JournalledChange[] {
  return id === undefined ? changes.slice(0, number) : [findChange('show', changes, id)];
}

function table(changes: readonly JournalledChange[]): string {
  const rows = changes.map((change) => [
    change.id,
    formatTime(change.time),
    visible(describeOrigin(change.origin)),
    describeState(change),
    `${change.undoes === null ? '' : `undo ${change.undoes}: `}${describeSteps(change.steps)}${lastingWords(change)}`,
  ]);
  const titles = ['CHANGE', 'TIME', 'WHO', 'STATE', 'WHAT'];
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  return [titles, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function fullText(change: JournalledChange, foretold: readonly string[]): string {
  const obstacle = allAtOnce(undoObstacle(change));
  const lines = [
    `change ${change.id}, ${formatTime(change.time)}, by ${visible(describeOrigin(change.origin))} (${change.origin.by})`,
    `state: ${describeState(change)}${change.reason === null ? '' : `: ${visible(change.reason)}`}`,
    ...(change.undoes === null ? [] : [`takes back change ${change.undoes}`]),
    ...(change.file === null ? [] : [`made lasting in ${visible(change.file.path)}`]),
    ...(change.isOfThisTable
      ? []
      : ['made before a restart of the machine, or in another network namespace']),
    ...change.deviations.map((deviation) => `warning: ${visible(deviation)}`),
    '',
    ...allAtOnce(describeObjects(change)).flatMap(({ name, before, after }) => [
      name,
      `  before  ${before}`,
      `  after   ${after}`,
    ]),
    ...(foretold.length === 0 ? [] : ['', ...foretold]),
    '',
    'it was:',
    ...change.steps.map((step) => `  ${stepLine(step)}`),
    ...(obstacle === undefined
      ? ['taken back by:', ...allAtOnce(inverseLines(change)).map((line) => `  ${line}`)]
      : [`cannot be undone: ${obstacle.reason}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Names of schedulers and users are foreign text, so control characters in them are made visible. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, field) => (typeof field === 'string' ? visible(field) : field), 2);
}

function jsonOf(changes: readonly JournalledChange[], { damages, problem }: JournalReading) {
  return {
    version: 1,
    changes: changes.map((change) => ({
      id: change.id,
      time: new Date(change.time).toISOString(),
      user: change.origin.user,
      behind: change.origin.behind,
      from: change.origin.from,
      by: change.origin.by,
      state: change.state,
      stepsDone: change.done,
      reason: change.reason,
      deviations: change.deviations,
      undoes: change.undoes,
      confirmation: change.confirmation && {
        by: new Date(change.confirmation.by).toISOString(),
        verdict: change.confirmation.verdict,
      },
      file: change.file?.path ?? null,
      undoneBy: change.undoneBy,
      ofThisTable: change.isOfThisTable,
      steps: change.steps.map((step) => ({
        text: describeStep(step),
        ipvsadm: stepLine(step),
        ...step,
      })),
      inverse: allAtOnce(inverseLines(change)),
    })),
    damages,
    problem,
  };
}
