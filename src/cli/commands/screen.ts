import { release } from 'node:os';
import packageDescription from '../../../package.json' with { type: 'json' };
import { Drains, type KeptDrain } from '../../changes/drain/drains.ts';
import { judgeDrains } from '../../changes/drain/judge-drains.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { readSaveable } from '../../changes/saved/read-saveable.ts';
import { savedTableInMemory } from '../../changes/saved/saved-table-in-memory.ts';
import { count } from '../../changes/steps/describe.ts';
import type { Access } from '../../director/director.ts';
import { simulatedSpeeds } from '../../director/simulated/simulated-time.ts';
import type { FarHost } from '../../fleet/far-host.ts';
import { findTables, type TablesOfMachine } from '../../fleet/held-tables.ts';
import type { Settings } from '../../formats/settings/settings.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { findKeepalived } from '../../manager/keepalived/keepalived-process.ts';
import { findLdirectord } from '../../manager/ldirectord/ldirectord-process.ts';
import { RecentPast } from '../../recording/recent-past.ts';
import { openRecording } from '../../recording/recording.ts';
import { allAtOnce, type Work } from '../../system/turns.ts';
import { colorDepthOf } from '../../terminal/color-depth.ts';
import { drawsUnicode } from '../../terminal/locale.ts';
import type { ReadOnlyReason } from '../../ui/state/screen-state.ts';
import type { Account } from '../context/account.ts';
import type { CommandContext } from '../context/context.ts';
import { enteredNamespace } from '../context/entered-namespace.ts';
import { openJournalling, performOrRefuse } from '../edits/record-change.ts';
import { drainFileOf } from '../files/drain-file.ts';
import { foresightRecordOf } from '../files/foresight-file.ts';
import { systemPorts } from '../files/name-tables.ts';
import { recordingPlace } from '../files/recording-place.ts';
import { savedTableAt } from '../files/saved-table-at.ts';
import { setUpFileOf } from '../files/set-up-file.ts';
import { settingsInForce, warnOfBrokenConfiguration } from '../files/settings-in-force.ts';
import { issuesNotice, type StoredSettings, settingsKeeper } from '../files/stored-settings.ts';
import { openKernel } from '../opening/open-director.ts';
import { openHost, openMachine, openNetwork, openWatch } from '../opening/open-host.ts';
import { openReadable, withReadableDirector } from '../opening/open-readable.ts';
import { keepHeapSmall } from '../opening/small-heap.ts';
import { startInNamespace } from '../opening/start-in-namespace.ts';
import { readNumberWithin } from '../options/option-values.ts';
import { checkFilter, readColumn } from '../options/row-choice.ts';
import type { ScreenOptions } from '../options/screen-options.ts';
import { watch } from './watch.ts';

/** Printed before the table with --screen-reader. */
const listenersHint =
  'Sentences, one a line: everything once, then what has changed. Ctrl-C ends. Edits are made by commands at another shell: lvstop --help names them, and lvstop doctor says what is wrong.\n';

/** How many times as fast as it was recorded a recording is played, unless --speed says otherwise. */
export const usualSpeed = 10;

/**
 * Opens the screen, which ends the process itself. React and Ink are loaded here and nowhere before. Throws
 * an `IpvsError` when there is no terminal, no such column, or no director.
 */
export async function openScreen(
  context: CommandContext,
  options: ScreenOptions,
  describeCrash: (error: unknown) => string,
): Promise<void> {
  const { demo, speed } = options;
  if (speed !== undefined) checkSpeed(speed, demo !== undefined && !options.screenReader);
  if (options.screenReader) {
    await warnOfBrokenConfiguration(context, options);
    context.console.out(listenersHint);
    await withReadableDirector(context, { demo: options.demo ?? false }, (director) =>
      watch(context, director, {
        plain: true,
        ...(options.delay !== undefined && { delay: options.delay }),
        ...(options.filter !== undefined && { filter: options.filter }),
        ...(options.sort !== undefined && { sort: options.sort }),
      }),
    );
    return;
  }
  requireTerminal();
  keepHeapSmall();
  const [{ startScreen }, { account, places, limits, stored }] = await Promise.all([
    import('../../ui/start.ts'),
    settingsInForce(context, options),
  ]);
  const overrides = await settingsOfOptions(options);
  await checkFilter(options.filter ?? '');
  const { userId } = account;
  const simulatedTime =
    demo && new (await import('../../director/simulated/simulated-time.ts')).SimulatedTime({ speed });
  const reader = await openReadable(context, { demo, simulatedTime });
  // Without the right the kernel itself refuses whatever is asked of it beyond reading.
  const director = reader.access === 'full' ? reader : await openKernel();
  const readOnly = readOnlyReason(options, stored, reader.access);
  const drainFile = demo || readOnly !== null ? null : drainFileOf(account);
  const journalling = openJournalling({ ...context, account }, director, 'screen');
  const { untouched, dropped } = judgeDrains(director, journalling.journal, drainFile?.takeOver() ?? []);
  // Nobody is there to be asked when a drain ends, or a weight has its next step.
  const performUnasked = (plan: Plan) =>
    allAtOnce(performOrRefuse(director, plan, journalling, 'set that right and do it by hand'));
  startScreen({
    ...(simulatedTime !== undefined && { simulatedTime }),
    performUnasked,
    director,
    reader,
    journalling,
    watch: await openWatch(reader),
    host: await openHost(reader),
    network: await (context.openNetwork ?? openNetwork)({ demo }),
    machine: await (context.openMachine ?? openMachine)({ demo }),
    ...(context.keepalivedTools !== undefined && { keepalivedTools: context.keepalivedTools }),
    ...(!demo && {
      findKeepalived: context.findKeepalived ?? findKeepalived,
      ldirectord: { find: context.findLdirectord ?? findLdirectord, ports: systemPorts },
    }),
    settings: { ...stored.settings, ...overrides },
    automaticLook: {
      colorDepth: colorDepthOf(process.stdout.getColorDepth()),
      ascii: !drawsUnicode(process.env),
    },
    saveSettings: settingsKeeper({ places, userId, limits, stored: stored.settings, overrides }),
    ...(!demo && { setUps: setUpFileOf(account).times }),
    // What the demo begins with counts as saved, so that edits show what is not.
    savedTable: demo ? savedTableInMemory(await readSaveable(director)) : savedTableAt(),
    drains: new Drains({
      director,
      perform: performUnasked,
      journal: journalling.journal,
      found: untouched,
      ...(drainFile !== null && { store: drainFile.store }),
    }),
    ...(!demo && { foresightRecord: foresightRecordOf(account) }),
    droppedDrains: dropped,
    recording: {
      open: () => openRecording(recordingOf(account, demo !== undefined)),
      canGoLive: true,
      speed: usualSpeed,
    },
    recentPast: new RecentPast({
      version: 1,
      program: packageDescription.version,
      hostName: reader.hostName,
      kernel: release(),
      source: reader.source,
      access: reader.access,
    }),
    notice: noticeAtStart([issuesNotice(stored), ...(drainFile?.problems ?? []), goneOnWith(untouched)]),
    readOnly,
    namespace: enteredNamespace(),
    far: farHostOf(options),
    findTables: demo ? noTables : findTables,
    startInNamespace,
    filter: options.filter ?? '',
    describeCrash,
  });
}

/** Throws an input `IpvsError` where nothing has a speed, and where simulated time cannot pass as fast. */
function checkSpeed(speed: number, isSimulated: boolean): void {
  if (!isSimulated) {
    throw IpvsError.input(
      'bad-usage',
      'read the call',
      '',
      '--speed goes with the screen of --demo, or of a recording',
      'leave it out, or give --demo, too',
    );
  }
  readNumberWithin('--speed', String(speed), simulatedSpeeds.least, simulatedSpeeds.greatest);
}

/** Throws an `IpvsError` where there is no terminal that a screen can be on. */
export function requireTerminal(): void {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw IpvsError.input(
      'no-terminal',
      'open the screen',
      '',
      'standard input and output are not both a terminal',
      'run it in a terminal, or print the table with "lvstop list" or "lvstop watch --json"',
    );
  }
  if (process.env.TERM === 'dumb') {
    throw IpvsError.input(
      'no-terminal',
      'open the screen',
      '',
      'TERM=dumb says that this terminal only prints lines',
      'set TERM to what it is, or let "lvstop watch" print lines',
    );
  }
}

/**
 * The folder of this account's own recorder. Throws an `IpvsError` in the demo, and where the account has no place for
 * one.
 */
function recordingOf(account: Account, demo: boolean): string {
  const place = demo ? null : recordingPlace(account);
  if (place !== null) return place;
  throw IpvsError.input(
    'bad-file',
    'look back',
    '',
    demo ? 'the demo is not recorded' : 'this user has no place for a recording',
    '"lvstop replay" opens a recording',
  );
}

// biome-ignore lint/correctness/useYield: a simulated machine has one network namespace
function* noTables(): Work<TablesOfMachine> {
  return { tables: [], unseen: [] };
}

function noticeAtStart(texts: readonly (string | null)[]): string | null {
  return texts.filter((text) => text !== null).join('; ') || null;
}

/**
 * Tells of drains of a former run that are watched again and only leave the weight at 0: they write nothing at their
 * end, so nobody is asked about them.
 */
function goneOnWith(found: readonly KeptDrain[]): string | null {
  const drains = found.filter(({ order }) => order.ending === 'leave');
  return drains.length === 0
    ? null
    : `${count(drains.length, 'drain')} of a former run found and watched on: ▽ marks them, D on one ends it`;
}

/** Why nothing can be edited; what is set for good comes first. */
function readOnlyReason(
  { readOnly }: ScreenOptions,
  { settings, readOnlyDoubt }: StoredSettings,
  access: Access,
): ReadOnlyReason | null {
  if (settings.readOnly) return 'setting';
  if (readOnly === true) return 'option';
  if (readOnlyDoubt !== null) return 'doubt';
  return access === 'public' ? 'right' : null;
}

/** Settings that were given on the command line, which wins over the configuration. */
async function settingsOfOptions({ delay, sort, ascii, color }: ScreenOptions): Promise<Partial<Settings>> {
  return {
    ...(delay !== undefined && { interval: delay }),
    ...(sort !== undefined && { sort: await readColumn('--sort', sort), reverse: false }),
    ...(ascii !== undefined && { characters: ascii ? 'ascii' : 'unicode' }),
    ...(color !== undefined && { color }),
  };
}

function farHostOf({ far, production = false, accent }: ScreenOptions): FarHost | null {
  return far === undefined ? null : { name: far, production, color: accent ?? null };
}
