import type { Command } from 'commander';
import { ChangeFollower } from '../../changes/events/change-follower.ts';
import { eventKinds, eventText, type TableEvent } from '../../changes/events/event.ts';
import { OwnWrites } from '../../changes/events/own-writes.ts';
import { SettledEvents } from '../../changes/events/settled-events.ts';
import { toldOnce } from '../../changes/events/told-once.ts';
import { stepLine } from '../../changes/steps/step-kinds.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { Recording } from '../../recording/recording.ts';
import { createSampler } from '../../sampling/sampler.ts';
import { allAtOnce } from '../../system/turns.ts';
import { processAccount } from '../context/account.ts';
import { interruptible } from '../context/clock.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { openJournal } from '../edits/open-journal.ts';
import { showDamages } from '../edits/show-damages.ts';
import { recordingPlace } from '../files/recording-place.ts';
import { openWatch } from '../opening/open-host.ts';
import { damageClause } from '../opening/open-recorded.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import { type CommandValues, demoOption } from '../options/option-table.ts';
import { readDuration } from '../options/option-values.ts';

/** How much of the past is printed without --since, in milliseconds. */
const usuallyTold = 24 * 3600 * 1000;

const eventsOptions = [
  {
    flags: '--since <time>',
    help: 'how far back, like 90s, 10m or 2h (default: 24h, and with --follow nothing)',
    read: (text) => readDuration('--since', text),
  },
  { flags: '-f, --follow', help: 'go on with what happens, by whomever, until Ctrl-C' },
  { flags: '--no-watch', help: 'with --follow: make no device, so that nobody sees who it was' },
  { flags: '--json', help: 'one JSON object a line, with every change before and after' },
  demoOption,
] as const satisfies readonly OptionEntry[];

/** `lvstop events [--follow] [--since TIME] [--json]`. */
export function eventsCommand(context: CommandContext): Command {
  const command = createCommand(context, 'events', 'print what has changed, and who did it, the oldest first')
    .addHelpText(
      'after',
      '\nOf the past it tells what lvstop itself has changed, and all that "lvstop record" has written to its usual folder,\n/var/lib/lvstop/recording (of users other than root ~/.local/state/lvstop/recording): changes by others, findings,\nthresholds. With --follow, what happens is told as it does. To see who makes changes, that makes a network device of the\nkind nlmon, which is gone with it, and takes CAP_NET_ADMIN and CAP_NET_RAW. Without it, and of who does not speak\nnetlink, a change is told by the difference of two readings.\n\nExamples:\n  lvstop events --since 2h\n  lvstop events --follow --json',
    )
    .action(async () => {
      const options = optionValues(command, eventsOptions);
      const { console } = context;
      const print = (event: TableEvent) =>
        console.out(`${options.json === true ? jsonLine(event) : textLine(event)}\n`);
      const past = options.since ?? (options.follow === true ? 0 : usuallyTold);
      if (past > 0) for (const event of pastEvents(context, options, past)) print(event);
      if (options.follow !== true) return;
      await withDirector(context, { demo: options.demo ?? false }, (director) =>
        follow(context, director, options, print),
      );
    });
  return addOptions(command, eventsOptions);
}

/** What the journal and a recorder have of the last `past` milliseconds, the oldest first. */
function pastEvents(
  context: CommandContext,
  { demo }: CommandValues<typeof eventsOptions>,
  past: number,
): readonly TableEvent[] {
  const journal = openJournal(context, demo ? 'simulated' : 'kernel');
  const reading = allAtOnce(journal.read(Infinity));
  showDamages(context.console, reading);
  const since = Date.now() - past;
  const recorded = demo ? [] : recordedEvents(context, since);
  return toldOnce(reading.changes.toReversed(), recorded).filter(({ time }) => time >= since);
}

/** What `lvstop record` has written into its usual folder; nothing where that cannot be read. */
function recordedEvents(
  { console, account = processAccount() }: CommandContext,
  since: number,
): readonly TableEvent[] {
  const place = recordingPlace(account);
  if (place === null) return [];
  try {
    const recording = new Recording(place);
    const events = allAtOnce(recording.events(since, Date.now()));
    for (const damage of recording.damages()) console.err(`warning: ${damageClause(damage)}`);
    return events;
  } catch (error) {
    if (error instanceof IpvsError) return [];
    throw error;
  }
}

/** Prints what happens until Ctrl-C, or until nobody reads standard output any more. */
async function follow(
  { console }: CommandContext,
  director: Director,
  { watch: isWatched }: CommandValues<typeof eventsOptions>,
  print: (event: TableEvent) => void,
): Promise<void> {
  const watch = isWatched === false ? undefined : await openWatch(director);
  const waiting = new SettledEvents();
  const printOld = (time: number) => {
    for (const event of waiting.take(time)) print(event);
  };
  const tell = (events: readonly TableEvent[]) => {
    waiting.add(events, Date.now());
    printOld(Date.now());
  };
  const follower = new ChangeFollower({ own: new OwnWrites(), director, watch, tell });
  const sampler = createSampler({ director, interval: 1 });
  follower.setWatching(watch !== undefined);
  await interruptible(async (stop) => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    stop.addEventListener('abort', () => end());
    console.unheard?.addEventListener('abort', () => end());
    sampler.start((view) => {
      follower.take(view);
      printOld(Date.now());
    });
    await ended;
  });
  sampler.stop();
  follower.setWatching(false);
  printOld(Number.POSITIVE_INFINITY);
}

function textLine(event: TableEvent): string {
  return `${formatTime(event.time)}  ${eventKinds[event.kind].word.padEnd(8)}  ${visible(eventText(event))}`;
}

/** Names of programs and users are foreign text, so control characters in them are made visible. */
function jsonLine({ time, change, ...event }: TableEvent): string {
  return JSON.stringify(
    {
      version: 1,
      time: new Date(time).toISOString(),
      ...event,
      change:
        change === undefined
          ? null
          : {
              id: change.id,
              state: change.state,
              steps: change.steps.map((step) => ({ ipvsadm: stepLine(step), ...step })),
            },
    },
    (_, field) => (typeof field === 'string' ? visible(field) : field),
  );
}
