import { release } from 'node:os';
import type { Command } from 'commander';
import packageDescription from '../../../package.json' with { type: 'json' };
import { formatTime } from '../../changes/undo/change-words.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { Recorder } from '../../recording/recorder.ts';
import { Recording } from '../../recording/recording.ts';
import { RecordingFolder } from '../../recording/recording-folder.ts';
import { RecordingWriter } from '../../recording/recording-writer.ts';
import { FileRefusal } from '../../system/plain-file.ts';
import { systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import { processAccount } from '../context/account.ts';
import { interruptible } from '../context/clock.ts';
import { howItEnds } from '../context/console.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { recordingPlace } from '../files/recording-place.ts';
import { openHost, openMachine, openNetwork, openWatch } from '../opening/open-host.ts';
import { savedStateOf } from '../opening/saved-state.ts';
import { keepHeapSmall } from '../opening/small-heap.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';
import { readAge, readBytes } from '../options/recording-limits.ts';

const usualInterval = 10;
const shortestInterval = 1;
const longestInterval = 60;
const usualRetention = { age: 7 * 86_400_000, bytes: 2 ** 30 };

const recordOptions = [
  { flags: '--dir <folder>', help: 'where to (default: /var/lib/lvstop/recording)' },
  {
    flags: '--retain <time>',
    help: 'how long it is kept, like 12h or 7d (default: 7d)',
    read: (text) => readAge('--retain', text),
  },
  {
    flags: '--limit <size>',
    help: 'how much is kept, like 500M or 1G; the oldest goes first (default: 1G)',
    read: (text) => readBytes('--limit', text),
  },
  {
    flags: '--interval <seconds>',
    help: `seconds between samples, ${shortestInterval} to ${longestInterval} (default: ${usualInterval})`,
    read: (text) => readNumberWithin('--interval', text, shortestInterval, longestInterval),
  },
  { flags: '--no-watch', help: 'make no device, so that nobody sees who changes the table' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop record [--dir FOLDER] [--retain TIME] [--limit SIZE] [--interval SECONDS]`. */
export function recordCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'record',
    'record the table, what happens to it and what the doctor finds, to look back at',
  )
    .addHelpText(
      'after',
      '\nIt records until Ctrl-C or until it is ended. "lvstop replay" looks back, and the screen does with "[". The unit\nlvstop-record.service runs it: systemctl enable --now lvstop-record.\n\nExamples:\n  lvstop record\n  lvstop record --dir /srv/lvstop --retain 30d --limit 4G',
    )
    .action(async () => {
      keepHeapSmall();
      const options = optionValues(command, recordOptions);
      if (options.demo && options.dir === undefined)
        throw IpvsError.input(
          'bad-usage',
          'record',
          '',
          "the simulated director would stand in this machine's recording",
          'name a folder of its own with --dir',
        );
      await withDirector(context, { demo: options.demo ?? false }, (director) =>
        record(context, director, options),
      );
    });
  return addOptions(command, recordOptions);
}

async function record(
  context: CommandContext,
  director: Director,
  {
    dir,
    retain = usualRetention.age,
    limit = usualRetention.bytes,
    interval = usualInterval,
    watch = true,
    demo,
  }: CommandValues<typeof recordOptions>,
): Promise<void> {
  const { console, account = processAccount() } = context;
  const folder = openFolder(dir ?? recordingPlace(account), account.userId);
  const network = await (context.openNetwork ?? openNetwork)({ demo });
  const machine = await (context.openMachine ?? openMachine)({ demo });
  const changes = watch ? await openWatch(director) : undefined;
  const { hostName, source, access } = director;
  const writer = new RecordingWriter(
    folder,
    {
      version: 1,
      program: packageDescription.version,
      hostName,
      kernel: release(),
      source,
      access,
      interval,
    },
    { age: retain, bytes: limit },
  );
  const told = new Set<string>();
  const recorder = new Recorder({
    director,
    host: await openHost(director),
    ...(changes !== undefined && { watch: changes }),
    sources: { director, network, machine, saved: () => savedStateOf(director) },
    folder,
    writer,
    interval,
    onFailure: (error) => {
      const reason = systemErrorReason(systemErrorCode(error));
      // Each reason is told once: a disk that stays full fails at every sample.
      if (!told.has(reason)) console.err(`warning: not recorded in ${folder.path}: ${reason}`);
      told.add(reason);
    },
  });
  console.err(`${standing(folder.path)}${howItEnds(console)}`);
  await interruptible(async (stop) => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    stop.addEventListener('abort', () => end());
    recorder.start();
    await ended;
  });
  recorder.stop();
  folder.leave();
}

/** The line printed at the start: where it records, and what is there already. */
function standing(path: string): string {
  const recording = new Recording(path);
  const damages = recording.damages().length;
  const first = recording.first;
  const since = first === undefined ? '' : `, which reaches back to ${formatTime(first)}`;
  const lost = damages === 0 ? '' : `; ${damages} of its files cannot be read to their end`;
  return `recording into ${path}${since}${lost}`;
}

function openFolder(path: string | null, userId: number | null): RecordingFolder {
  const refuse = (reason: string, advice: string) =>
    IpvsError.input('bad-file', 'record into', path ?? '', reason, advice);
  if (path === null) throw refuse('this user has no home folder', 'name a folder with --dir');
  try {
    return new RecordingFolder(path, userId);
  } catch (error) {
    if (error instanceof FileRefusal) throw refuse(error.message, 'name another folder with --dir');
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw refuse(systemErrorReason(code), 'name a folder with --dir that this user may write to');
  }
}
