import type { Command } from 'commander';
import { type CommandContext, withDirector } from '../context/context.ts';
import { Found } from '../context/exit-code.ts';
import { compareWithPresent } from '../edits/compare-with-present.ts';
import {
  differenceLines,
  differenceSummary,
  jsonOfChanges,
  jsonOfRemarks,
  jsonOfStep,
} from '../edits/difference-text.ts';
import { readSavedTable, remarkSentences, savedTableOptions } from '../files/read-saved-table.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { demoOption } from '../options/option-table.ts';

const diffOptions = [
  ...savedTableOptions,
  { flags: '--json', help: 'print the difference as JSON' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop diff [FILE]`. */
export function diffCommand(context: CommandContext): Command {
  const command = createCommand(context, 'diff', 'compare the table with a saved one, by meaning')
    .usage('[FILE…] [options]')
    .argument(
      '[files...]',
      'files of one format, - for standard input; without one, where the distribution keeps it',
    )
    .addHelpText(
      'after',
      '\nLines begin with + for what is only in the file, ~ for what is other in the file, - for what is only in\nthe table. The exit code is 0 when they are the same and 1 when they differ.\n\nExample:\n  lvstop diff /etc/ipvsadm.rules',
    )
    .action(async (files: string[]) => {
      const options = optionValues(command, diffOptions);
      const { json, demo } = options;
      const { console } = context;
      const saved = await readSavedTable(console, files, options);
      await withDirector(context, { demo: demo ?? false }, (director) => {
        const { difference } = compareWithPresent(console, director, saved);
        const { changes, surplus } = difference;
        const differs = changes.length + surplus.length > 0;
        if (json === true) {
          const value = {
            version: 1,
            file: saved.title,
            format: saved.format,
            differs,
            changes: jsonOfChanges(changes, saved.configuration.sources),
            surplus: surplus.map((step) => jsonOfStep(step, null)),
            ...jsonOfRemarks(saved),
          };
          console.out(`${JSON.stringify(value, null, 2)}\n`);
        } else {
          for (const sentence of remarkSentences(saved)) console.err(sentence);
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
