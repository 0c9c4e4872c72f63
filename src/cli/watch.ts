import type { Command } from 'commander';
import type { Director } from '../director/director.ts';
import { formatJson } from '../formats/json.ts';
import { IpvsError } from '../ipvs/error.ts';
import { createSampler } from '../sampling/sampler.ts';
import { addOptions, createCommand, optionValues } from './command.ts';
import { type CommandContext, withDirector } from './context.ts';
import { demoOption, intervalOption, type OptionEntry } from './option-table.ts';
import { readNumberWithin } from './option-values.ts';
import { listingOfView } from './read-listing.ts';

const greatestCount = 1_000_000_000;

const watchOptions: readonly OptionEntry[] = [
  { flags: '--json', help: 'one JSON object a line, as "lvstop list --json" has it' },
  intervalOption,
  {
    flags: '-n, --count <count>',
    help: 'end after so many lines',
    read: (text) => Math.ceil(readNumberWithin('--count', text, 1, greatestCount)),
  },
  demoOption,
];

interface WatchOptions {
  readonly json?: boolean;
  readonly delay?: number;
  readonly count?: number;
  readonly demo?: boolean;
}

/** `lvstop watch --json [-d SECONDS] [-n COUNT]`. */
export function watchCommand(context: CommandContext): Command {
  const command = createCommand(context, 'watch', 'print the table again and again, with true rates')
    .usage('--json [options]')
    .addHelpText(
      'after',
      '\nRates are null until two counter steps were seen, 2 to 4 s after the start. When the director is lost,\nthe lines go on with "state":"lost" and what was read last.\n\nExample:\n  lvstop watch --json -d 5 | jq -c .director.state',
    )
    .action(async () => {
      const options = optionValues<WatchOptions>(command);
      if (options.json !== true) {
        throw IpvsError.input(
          'watch',
          '',
          'only JSON can be printed',
          'give --json, or open the screen with "lvstop"',
        );
      }
      await withDirector(context, { demo: options.demo ?? false }, (director) =>
        watch(context, director, options.delay ?? 1, options.count ?? Number.POSITIVE_INFINITY),
      );
    });
  return addOptions(command, watchOptions);
}

/** Ends after `count` lines, or when the process is asked to end. */
function watch(context: CommandContext, director: Director, interval: number, count: number): Promise<void> {
  const sampler = createSampler({ director, interval });
  let printed = 0;
  return new Promise((resolve) => {
    const end = () => {
      sampler.stop();
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
    sampler.start((view) => {
      context.console.out(`${formatJson(listingOfView(view))}\n`);
      if (++printed >= count) end();
    });
  });
}
