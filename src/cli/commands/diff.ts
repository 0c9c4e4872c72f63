import type { Command } from 'commander';
import type { SavedFormat } from '../../formats/recognise.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { Found } from '../context/exit-code.ts';
import { compareWithPresent } from '../edits/compare-with-present.ts';
import {
  differenceLines,
  differenceSummary,
  jsonOfChanges,
  jsonOfNotApplied,
  jsonOfStep,
} from '../edits/difference-text.ts';
import { notAppliedSentences, readSavedTable, savedFormatOption } from '../files/read-saved-table.ts';
import { usualPlace } from '../files/saved-table-places.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import { demoOption, type OptionEntry } from '../options/option-table.ts';

const diffOptions: readonly OptionEntry[] = [
  savedFormatOption,
  { flags: '--json', help: 'print the difference as JSON' },
  demoOption,
];

interface DiffOptions {
  readonly format?: SavedFormat;
  readonly json?: boolean;
  readonly demo?: boolean;
}

/** `lvstop diff [FILE]`. */
export function diffCommand(context: CommandContext): Command {
  const command = createCommand(context, 'diff', 'compare the table with a saved one, by meaning')
    .usage('[FILE] [options]')
    .argument('[file]', 'the file, - for standard input; without it, where the distribution keeps it')
    .addHelpText(
      'after',
      '\nLines begin with + for what is only in the file, ~ for what is other in the file, - for what is only in\nthe table. The exit code is 0 when they are the same and 1 when they differ.\n\nExample:\n  lvstop diff /etc/ipvsadm.rules',
    )
    .action(async (file: string | undefined) => {
      const { format, json, demo } = optionValues<DiffOptions>(command);
      const { console } = context;
      const saved = await readSavedTable(console, file ?? usualPlace(), format);
      await withDirector(context, { demo: demo ?? false }, (director) => {
        const { difference } = compareWithPresent(console, director, saved);
        const { changes, surplus } = difference;
        const { notApplied } = saved.configuration;
        const differs = changes.length + surplus.length > 0;
        if (json === true) {
          const value = {
            version: 1,
            file: saved.title,
            format: saved.format,
            differs,
            changes: jsonOfChanges(changes),
            surplus: surplus.map((step) => jsonOfStep(step, null)),
            notApplied: jsonOfNotApplied(notApplied),
          };
          console.out(`${JSON.stringify(value, null, 2)}\n`);
        } else {
          for (const sentence of notAppliedSentences(notApplied)) console.err(sentence);
          console.out(
            differenceLines(difference)
              .map((line) => `${line}\n`)
              .join(''),
          );
          console.err(
            differs
              ? `they differ: ${differenceSummary(difference)}`
              : `the table is what ${saved.title} says`,
          );
        }
        if (differs) throw new Found();
      });
    });
  return addOptions(command, diffOptions);
}
