import type { Command } from 'commander';
import type { ReadableDirector } from '../../director/director.ts';
import { formatJson } from '../../formats/json.ts';
import { createSampler } from '../../sampling/sampler.ts';
import type { CommandContext } from '../context/context.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { listingOfView } from '../opening/read-listing.ts';
import { Speaker } from '../opening/speaker.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption, intervalOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';

/** Seconds between readings in plain lines, which are there to be listened to. */
const plainInterval = 10;

const greatestCount = 1_000_000_000;

const watchOptions = [
  { flags: '--json', help: 'one JSON object a line, as "lvstop list --json" has it' },
  { ...intervalOption, help: 'seconds between readings, 0.2 to 60 (default: 1, in plain lines 10)' },
  {
    flags: '-n, --count <count>',
    help: 'end after so many readings',
    read: (text) => Math.ceil(readNumberWithin('--count', text, 1, greatestCount)),
  },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** How to watch. */
export type WatchOptions = CommandValues<typeof watchOptions>;

/** `lvstop watch [--json] [-d SECONDS] [-n COUNT]`. */
export function watchCommand(context: CommandContext): Command {
  const command = createCommand(context, 'watch', 'print the table again and again, with true rates')
    .addHelpText(
      'after',
      '\nWithout --json it prints plain lines, for screen readers and logs: everything once, then what has changed.\nRates are null until a step of the kernel\'s counters was seen, some 2 s after the start. When the director is lost,\nthe lines go on with "state":"lost" and what was read last.\n\nExample:\n  lvstop watch --json -d 5 | jq -c .director.state',
    )
    .action(async () => {
      const options = optionValues(command, watchOptions);
      await withReadableDirector(context, { demo: options.demo ?? false }, (director) =>
        watch(context, director, options),
      );
    });
  return addOptions(command, watchOptions);
}

/** Ends after `count` readings, when the process is asked to end, or when nobody reads on. Also what `--screen-reader` does. */
export function watch(
  context: CommandContext,
  director: ReadableDirector,
  options: WatchOptions,
): Promise<void> {
  const isJson = options.json === true;
  const sampler = createSampler({ director, interval: options.delay ?? (isJson ? 1 : plainInterval) });
  const speaker = new Speaker();
  const count = options.count ?? Number.POSITIVE_INFINITY;
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
    context.console.unheard?.addEventListener('abort', end);
    sampler.start((view) => {
      const listing = listingOfView(view);
      const lines = isJson ? [formatJson(listing)] : speaker.tell(listing);
      for (const line of lines) context.console.out(`${line}\n`);
      if (++printed >= count) end();
    });
  });
}
