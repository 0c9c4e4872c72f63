import type { Command } from 'commander';
import {
  type DrainEnding,
  type DrainOrder,
  type DrainUntil,
  drainCriteria,
  drainProgress,
} from '../../changes/drain/drain.ts';
import { drainLine, endingText } from '../../changes/drain/drain-line.ts';
import { drainObstacles, drainSurroundings, obstaclesAhead } from '../../changes/drain/drain-obstacles.ts';
import {
  type DrainEnd,
  type DrainStore,
  Drains,
  drainKey,
  type KeptDrain,
} from '../../changes/drain/drains.ts';
import { judgeDrains } from '../../changes/drain/judge-drains.ts';
import type { Journal } from '../../changes/journal/journal.ts';
import type { Intention } from '../../changes/plan/intention.ts';
import { makePlan } from '../../changes/plan/make-plan.ts';
import { findRealServer } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  parseService,
  type RealServerIdentity,
  type RealServerKey,
  realServerKey,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import { processAccount } from '../context/account.ts';
import { type Clock, interruptible, machineClock } from '../context/clock.ts';
import type { CommandConsole } from '../context/console.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { CommandEnd } from '../context/exit-code.ts';
import { carryOutPlan } from '../edits/carry-out.ts';
import { carryOutLasting, isLasting, lastingRemarks } from '../edits/carry-out-lasting.ts';
import { openJournal } from '../edits/open-journal.ts';
import { performRecorded } from '../edits/record-change.ts';
import { type DrainFile, drainFileOf } from '../files/drain-file.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import {
  type CommandValues,
  lastingOptions,
  trackFileOption,
  writeOptions,
} from '../options/option-table.ts';
import { readDuration } from '../options/option-values.ts';
import { readRealServer } from '../options/real-server-change.ts';

/** Milliseconds between readings. */
const readingGap = 1000;
/** Milliseconds between lines of progress where there is no terminal on which each could replace the last. */
const lineGap = 10_000;
/** What a shell expects of a command that Ctrl-C has ended. */
const exitCodeOfCtrlC = 130;

const drainOptions = [
  { flags: '--delete', help: 'delete it when it is empty (default: leave it at weight 0)' },
  { flags: '--restore', help: 'give it its old weight back when it is empty, after a restart of it, say' },
  {
    flags: '--until <what>',
    help: `${drainCriteria.join(', ')}: empty without active connections, or without any (default: all)`,
    words: drainCriteria,
  },
  {
    flags: '--timeout <time>',
    help: 'give up after so long, like 90s, 10m or 2h; it stays at weight 0 (default: never)',
    read: (text) => readDuration('--timeout', text),
  },
  { flags: '--json', help: 'one JSON object a line for each reading' },
  ...lastingOptions,
  trackFileOption,
  ...writeOptions,
] as const satisfies readonly OptionEntry[];

type DrainOptions = CommandValues<typeof drainOptions>;

/** `lvstop drain SERVICE REAL…`. */
export function drainCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'drain',
    'set the weight of real servers to 0 and wait until their connections have ended',
  )
    .usage('SERVICE REAL… [options]')
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument('<real...>', "real servers, like 10.0.0.21:8080; without a port, the service's")
    .addHelpText(
      'after',
      '\nCtrl-C ends the waiting and leaves the weight at 0; how to bring it back is said.\nExit code 1: not empty within --timeout, or somebody else has interfered.\n\nExample:\n  lvstop drain tcp:203.0.113.10:80 10.0.0.21:8080 --delete --timeout 10m --yes',
    )
    .action(async (service: string, reals: string[]) => {
      const identity = parseService(service);
      const realServers = reals.map((real) => readRealServer(identity, real));
      const options = optionValues(command, drainOptions);
      await withDirector(context, { demo: options.demo ?? false }, (director) =>
        drain(context, director, identity, realServers, options),
      );
    });
  return addOptions(command, drainOptions);
}

async function drain(
  context: CommandContext,
  director: Director,
  service: ServiceIdentity,
  realServers: readonly RealServerIdentity[],
  options: DrainOptions,
): Promise<void> {
  const { clock = machineClock } = context;
  const ending = endingOf(options);
  const intentions = realServers.map((realServer) => toWeight(service, realServer, 0));
  const plan = allAtOnce(makePlan(director, intentions));
  const file = director.source === 'simulated' ? null : drainFileOf(context.account ?? processAccount());
  const journal = openJournal(context, director.source);
  const weights = realServers.map(
    (realServer) =>
      findRealServer(director, service, realServer)?.realServer.weight ||
      weightBefore(director, journal, file, realServerKey(service, realServer)),
  );
  if (ending === 'restore') requireWeights(service, realServers, weights);
  const surroundings = drainSurroundings(director, service);
  const console = quietOutput(context.console, options.json === true);
  const heard = { ...context, console };
  const more = {
    warnings: [
      ...(surroundings === null ? [] : obstaclesAhead(surroundings)),
      ...(ending === 'delete' ? [deletionWarning(realServers, options.until)] : []),
    ],
    destructive: ending === 'delete',
  };
  const isWritten =
    isLasting(options) && (await carryOutLasting(heard, director, intentions, options, undefined, more));
  const isDone =
    isWritten ||
    (await carryOutPlan(
      heard,
      director,
      {
        ...plan,
        warnings: [...plan.warnings, ...more.warnings],
        destructive: plan.destructive || more.destructive,
      },
      options,
      lastingRemarks(context, options, intentions),
    ));
  if (!isDone || options.dryRun === true) return;
  const store = file === null ? null : drainStore(file, clock);
  const drains = new Drains({
    director,
    perform: (toDo) => allAtOnce(performRecorded({ ...context, console }, director, toDo, options)),
    journal,
    ...(store !== null && { store }),
  });
  const notKept = drains.begin(
    realServers.map(
      (realServer, index): DrainOrder => ({
        service,
        realServer,
        formerWeight: weights[index] ?? 0,
        // Where it is lasting, the ending goes through keepalived's file once all are empty, at the end of this function.
        ending: isLasting(options) ? 'leave' : ending,
        until: options.until ?? 'all',
        beganAt: clock.now(),
        timeout: options.timeout ?? null,
      }),
    ),
  );
  if (notKept !== undefined) console.err(`warning: ${notKept}`);
  await interruptible((signal) => watchDrains({ console, drains, clock, signal, context, options }));
  if (!isLasting(options) || ending === 'leave') return;
  const last = realServers.map(
    (realServer, index): Intention =>
      ending === 'delete'
        ? { kind: 'delete real server', service, realServer }
        : toWeight(service, realServer, weights[index] ?? 0),
  );
  // The operator agreed to the ending before the drain began.
  const agreed = {
    ...options,
    yes: true,
    // No number takes a block out.
    ...(ending === 'delete' && { lasting: true, trackFile: false }),
  };
  if (await carryOutLasting(heard, director, last, agreed, undefined)) return;
  await carryOutPlan(heard, director, allAtOnce(makePlan(director, last)), agreed);
}

function toWeight(service: ServiceIdentity, realServer: RealServerIdentity, weight: number): Intention {
  return { kind: 'edit real server', service, realServer, change: { weight } };
}

/**
 * The weight from before a drain that is under way or was cut off, for a real server that is at weight 0 because of it;
 * 0 where there was none.
 */
function weightBefore(
  director: Director,
  journal: Journal,
  file: DrainFile | null,
  key: RealServerKey,
): number {
  const named = ({ order }: KeptDrain) => drainKey(order) === key;
  const left = file?.left.filter(named) ?? [];
  const drain = file?.watched.find(named) ?? judgeDrains(director, journal, left).untouched[0];
  return drain?.order.formerWeight ?? 0;
}

/** Where the screen finds the drains again when this process dies. */
function drainStore(file: DrainFile, clock: Clock): DrainStore {
  // The command's clock counts from the start of this process; another process needs milliseconds since 1970.
  const epoch = Date.now() - clock.now();
  return {
    save: (drains) =>
      file.store.save(
        drains.map((kept) => ({
          ...kept,
          order: { ...kept.order, beganAt: kept.order.beganAt + epoch },
        })),
      ),
  };
}

interface Watching {
  readonly context: CommandContext;
  readonly console: CommandConsole;
  readonly drains: Drains;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly options: DrainOptions;
}

/** Waits until all have ended. Throws a `CommandEnd` when one has failed, or when it was broken off. */
async function watchDrains(watching: Watching): Promise<void> {
  const { console, drains, clock, signal } = watching;
  const told = new Set<string>();
  const failed: DrainEnd[] = [];
  let nextLine = clock.now();
  while (true) {
    const ends = drains.read(clock.now());
    for (const end of ends) {
      if (end.kind === 'failed') failed.push(end);
      else console.out(`${end.text}\n`);
      tellJson(watching, end);
    }
    if (drains.all.length === 0) break;
    const isLineDue = clock.now() >= nextLine;
    if (isLineDue) nextLine = clock.now() + lineGap;
    tellProgress(watching, told, isLineDue);
    if (!signal.aborted) await clock.wait(readingGap, signal);
    if (signal.aborted) throw brokenOff(drains, signal);
  }
  if (failed.length > 0) throw new CommandEnd('found', 1, failed.map(({ text }) => text).join('; '));
}

function tellProgress(watching: Watching, told: Set<string>, isLineDue: boolean): void {
  const { console, drains, options } = watching;
  for (const drain of drains.all) {
    const surroundings = drains.surroundings(drain);
    const obstacles = surroundings === null ? [] : drainObstacles(drain, surroundings);
    // The numbers in an obstacle change with each reading, so it is told once, whatever they are.
    for (const obstacle of obstacles.slice(obstaclesTold(surroundings))) {
      const key = `${formatRealServer(drain.order.realServer)} ${obstacle.replace(/\d+/g, '')}`;
      if (!told.has(key)) console.err(`${formatRealServer(drain.order.realServer)}: ${obstacle}`);
      told.add(key);
    }
  }
  if (options.json === true) for (const drain of drains.all) tellJson(watching, { drain });
  else if (console.status !== undefined) console.status(drains.all.map(drainLine).join('   '));
  else if (isLineDue) for (const drain of drains.all) console.err(drainLine(drain));
}

/** How many obstacles, the first of the list, were warned of before the drain began. */
function obstaclesTold(surroundings: ReturnType<typeof drainSurroundings>): number {
  return surroundings === null ? 0 : obstaclesAhead(surroundings).length;
}

function tellJson(
  { context, options }: Watching,
  { drain, kind, text }: { drain: DrainEnd['drain']; kind?: DrainEnd['kind']; text?: string },
): void {
  if (options.json !== true) return;
  const { order, state, latest } = drain;
  const { left, progress, rate, expectedEnd, elapsed } = drainProgress(drain);
  context.console.out(
    `${JSON.stringify({
      version: 1,
      service: formatService(order.service),
      realServer: formatRealServer(order.realServer),
      state: kind === undefined ? 'draining' : state,
      result: text ?? null,
      active: latest?.numbers.active ?? null,
      inactive: latest?.numbers.inactive ?? null,
      persistent: latest?.numbers.persistent ?? null,
      left,
      progress,
      rate,
      elapsedSeconds: elapsed / 1000,
      expectedSeconds: expectedEnd === null || latest === null ? null : (expectedEnd - latest.time) / 1000,
      formerWeight: order.formerWeight,
      ending: order.ending,
    })}\n`,
  );
}

/**
 * Ctrl-C means that the drain is not wanted any more; after any other signal it is kept for the next screen to find.
 */
function brokenOff(drains: Drains, signal: AbortSignal): CommandEnd {
  const isWanted = Number(signal.reason) !== exitCodeOfCtrlC && drains.isKept;
  const names = drains.all.map(({ order }) => formatRealServer(order.realServer)).join(', ');
  const commands = drains.all
    .filter(({ order }) => order.formerWeight > 0)
    .map(
      ({ order }) =>
        `lvstop weight ${formatService(order.service)} ${formatRealServer(order.realServer)} ${order.formerWeight}`,
    );
  const one = drains.all.length === 1;
  if (!isWanted) for (const { order } of drains.all) drains.forget(drainKey(order));
  return new CommandEnd(
    'broken-off',
    Number(signal.reason),
    `broken off: ${names} ${one ? 'stays' : 'stay'} at weight 0 and ${one ? 'is' : 'are'} not watched ${isWanted ? 'until the screen is opened, which goes on and asks before it writes' : 'any more'}${commands.length === 0 ? '' : `; bring it back with: ${commands.join('; ')}`}`,
  );
}

function endingOf(options: DrainOptions): DrainEnding {
  if (options.delete === true && options.restore === true) {
    throw IpvsError.input(
      'bad-usage',
      'drain',
      '',
      '--delete and --restore exclude each other',
      'give one of them',
    );
  }
  return options.delete === true ? 'delete' : options.restore === true ? 'restore' : 'leave';
}

function requireWeights(
  service: ServiceIdentity,
  realServers: readonly RealServerIdentity[],
  weights: readonly number[],
): void {
  const without = realServers.find((_, index) => weights[index] === 0);
  if (without === undefined) return;
  throw IpvsError.input(
    'nothing-to-do',
    'drain',
    `${formatRealServer(without)} of ${formatService(service)}`,
    'its weight is 0 already, so that there is no old one to give back',
    'leave --restore out, and set the weight afterwards',
  );
}

function deletionWarning(realServers: readonly RealServerIdentity[], until: DrainUntil = 'all'): string {
  const what = `${realServers.map(formatRealServer).join(', ')}: ${endingText('delete', 0)}, without another question`;
  return until === 'all' ? what : `${what}; connections that are closing by then are cut off`;
}

/** With JSON on standard output, what is said beside it goes to standard error. */
function quietOutput(console: CommandConsole, isJson: boolean): CommandConsole {
  return isJson ? { ...console, out: (text) => console.err(text.trimEnd()) } : console;
}
