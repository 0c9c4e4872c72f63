import type { Command } from 'commander';
import { Drains } from '../../changes/drain/drains.ts';
import { createMemoryJournal } from '../../changes/journal/memory-journal.ts';
import { savedTableInMemory } from '../../changes/saved/saved-table-in-memory.ts';
import type { TablesOfMachine } from '../../fleet/held-tables.ts';
import { recordedDirector } from '../../recording/recorded-director.ts';
import { openRecording } from '../../recording/recording.ts';
import { replaySpeeds } from '../../recording/replay-speeds.ts';
import { allAtOnce, type Work } from '../../system/turns.ts';
import { colorDepthOf } from '../../terminal/color-depth.ts';
import { drawsUnicode } from '../../terminal/locale.ts';
import type { CommandContext } from '../context/context.ts';
import { failureOf } from '../context/exit-code.ts';
import { settingsInForce } from '../files/settings-in-force.ts';
import { issuesNotice, settingsKeeper } from '../files/stored-settings.ts';
import { keepHeapSmall } from '../opening/small-heap.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import type { CommandValues } from '../options/option-table.ts';
import { readNumberWithin } from '../options/option-values.ts';
import { requireTerminal, usualSpeed } from './screen.ts';

const replayOptions = [
  {
    flags: '--speed <times>',
    help: `how fast "p" goes on, ${replaySpeeds.least} to ${replaySpeeds.greatest} times as fast as it was (default: ${usualSpeed})`,
    read: (text) => readNumberWithin('--speed', text, replaySpeeds.least, replaySpeeds.greatest),
  },
] as const satisfies readonly OptionEntry[];

/** `lvstop replay FILE|DIR [--speed N]`. */
export function replayCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'replay',
    'open a recording on the screen: what the director was like',
  )
    .argument('<recording>', 'a folder that "lvstop record" has written, or a file of it')
    .addHelpText(
      'after',
      '\nIt needs neither root nor IPVS nor the machine that was recorded. [ and ] go from sample to sample, { and } from event\nto event, b to a time, p goes on as it went, ( ) slower and faster. Everything works but edits, and what was not recorded.\n\nExamples:\n  lvstop replay /var/lib/lvstop/recording\n  lvstop replay 20261201T031200000Z.lvrec --speed 60',
    )
    .action(async (path: string) => {
      const { speed = usualSpeed, ...options } = optionValues(command, replayOptions);
      await replay(context, path, { ...options, speed, plays: false });
    });
  return addOptions(command, replayOptions);
}

/** How a recording is opened. */
type ReplayOptions = Omit<CommandValues<typeof replayOptions>, 'speed'> & {
  readonly speed: number;
  /** Playback begins at once, without a press of `p`. */
  readonly plays: boolean;
};

/** Opens a recording on the screen, which ends the process itself. Throws an `IpvsError` where it cannot be. */
export async function replay(context: CommandContext, path: string, options: ReplayOptions): Promise<void> {
  const recording = openRecording(path);
  const first = allAtOnce(recording.momentAt(recording.first ?? 0));
  if (first === undefined) return;
  requireTerminal();
  keepHeapSmall();
  const [{ startScreen }, { account, places, limits, stored }] = await Promise.all([
    import('../../ui/start.ts'),
    settingsInForce(context, options),
  ]);
  const director = recordedDirector(first.origin);
  startScreen({
    director,
    reader: director,
    recording: { open: () => recording, canGoLive: false, speed: options.speed, plays: options.plays },
    journalling: {
      journal: createMemoryJournal(),
      origin: { user: 'unknown', behind: null, from: null, by: 'screen' },
    },
    watch: undefined,
    settings: stored.settings,
    automaticLook: {
      colorDepth: colorDepthOf(process.stdout.getColorDepth()),
      ascii: !drawsUnicode(process.env),
    },
    saveSettings: settingsKeeper({
      places,
      userId: account.userId,
      limits,
      stored: stored.settings,
      overrides: {},
    }),
    savedTable: savedTableInMemory(null),
    drains: new Drains({ director }),
    droppedDrains: [],
    notice: issuesNotice(stored),
    readOnly: 'option',
    namespace: null,
    far: null,
    findTables: noTables,
    startInNamespace: () => '',
    filter: '',
    describeCrash: (error) => `lvstop: ${failureOf(error).line ?? ''}\n`,
  });
}

// biome-ignore lint/correctness/useYield: a recording has one network namespace
function* noTables(): Work<TablesOfMachine> {
  return { tables: [], unseen: [] };
}
