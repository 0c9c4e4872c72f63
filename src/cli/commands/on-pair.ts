import { newChangeId } from '../../changes/journal/memory-journal.ts';
import { count } from '../../changes/steps/describe.ts';
import { outcomeLines } from '../../fleet/pairs/outcome-text.ts';
import { editPair } from '../../fleet/pairs/pair-edit.ts';
import type { Both, PairHost } from '../../fleet/pairs/pair-host.ts';
import { PairRefusal, type PlannedPair, planPair } from '../../fleet/pairs/plan-pair.ts';
import { tableDifferences } from '../../fleet/pairs/table-differences.ts';
import { shellWord } from '../../forwarding/diagnosis.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { machineClock } from '../context/clock.ts';
import type { CommandConsole } from '../context/console.ts';
import type { CommandContext } from '../context/context.ts';
import { CommandEnd } from '../context/exit-code.ts';
import { showWarnings } from '../edits/tell-plan.ts';

/** Commands that can be done to two directors as one change. */
export const pairedCommands: ReadonlySet<string> = new Set([
  'weight',
  'add',
  'edit',
  'delete',
  'mode',
  'scheduler',
  'apply',
]);

/** A call that edits two directors. */
export interface PairCall {
  readonly hosts: Both<PairHost>;
  readonly command: PairCommand;
  /** The host that is written first; chosen by the roles of the two where it is left out. */
  readonly first: string | undefined;
  /** Hosts whose names are to be typed before they are changed. */
  readonly inProduction: readonly string[];
}

/** Seconds in which each director takes back what was not confirmed. */
const usualTime = 60;

/** Options that concern one machine only, or with which a change could not be taken back. */
const excluded = ['--lasting', '--track-file', '--over', '--no-journal', '--demo'] as const;

/**
 * Shows what a command would do on both, asks, does it on both or on none, and gives the exit code. Throws an
 * `IpvsError`, or a `CommandEnd`, where nothing was written or the two are not as planned.
 */
export async function runOnPair(context: CommandContext, call: PairCall): Promise<number> {
  const { console, clock = machineClock } = context;
  const { command, within, yes, isDryRun } = call.command;
  const pair = await planned(call, command);
  showPair(console, pair);
  if (isDryRun) return 0;
  if (pair.every(({ plan }) => plan.lines.length === 0)) {
    console.err('already so on both: nothing to do');
    return 0;
  }
  if (!yes) await requireYes(console, call, pair);
  const id = newChangeId();
  const signal = new AbortController().signal;
  const outcome = await editPair(
    { pair, command, id, within },
    {
      now: () => clock.now(),
      wait: (milliseconds) => clock.wait(milliseconds, signal),
      tell: (line) => console.err(line),
    },
  );
  const [first = '', ...others] = outcomeLines(outcome, pair, id, command.map(shellWord).join(' '));
  if (outcome.kind === 'both as planned') {
    console.out(`${first}\n`);
    return 0;
  }
  const code = outcome.kind === 'diverged' ? 'diverged' : 'taken-back';
  for (const line of [first, ...others]) console.err(line);
  throw new CommandEnd(code, outcome.exitCode, '');
}

async function planned({ hosts, first }: PairCall, command: readonly string[]): Promise<PlannedPair> {
  try {
    return await planPair(hosts, command, first);
  } catch (error) {
    if (!(error instanceof PairRefusal)) throw error;
    throw new CommandEnd('taken-back', error.exitCode, `${error.message}; nothing was written`);
  }
}

/** A command for two directors. */
export interface PairCommand {
  /** The words that lvstop is called with on each host. */
  readonly command: readonly string[];
  /** Seconds in which each takes back what was not confirmed. */
  readonly within: number;
  readonly yes: boolean;
  readonly isDryRun: boolean;
}

/**
 * Separates the options for this side from a command as it was typed. Throws an input `IpvsError` for an option that
 * does not go with a pair.
 */
export function dividePairCommand(words: readonly string[]): PairCommand {
  const wrong = excluded.find((option) =>
    words.some((word) => word === option || word.startsWith(`${option}=`)),
  );
  if (wrong !== undefined) {
    throw IpvsError.input(
      'bad-usage',
      'edit a pair',
      wrong,
      'a change of both is one that each can take back by itself, which this is not',
      wrong === '--lasting'
        ? 'leave it out for both tables, or call one host after the other with it, the standby first: each changes its own file'
        : 'leave it out, or call one host after the other',
    );
  }
  const command: string[] = [];
  let within = usualTime;
  for (let place = 0; place < words.length; place++) {
    const word = words[place] ?? '';
    const [name, value] = word.split('=', 2);
    if (name === '--confirm-within') within = secondsOf(value ?? words[++place] ?? '');
    else if (word !== '--yes' && word !== '--dry-run') command.push(word);
  }
  return { command, within, yes: words.includes('--yes'), isDryRun: words.includes('--dry-run') };
}

function secondsOf(text: string): number {
  const seconds = /^\d{2,4}$/.test(text) ? Number(text) : 0;
  if (seconds >= 20 && seconds <= 3600) return seconds;
  throw IpvsError.input(
    'bad-value',
    'edit a pair',
    `--confirm-within ${visible(text)}`,
    'it has to be from 20 to 3600 seconds: a lost connection alone is noticed after 15',
    'leave it out for a minute',
  );
}

function showPair(console: CommandConsole, pair: PlannedPair): void {
  const [first, second] = pair;
  const isSame = first.plan.lines.join('\n') === second.plan.lines.join('\n');
  for (const [place, { host, role, plan }] of pair.entries()) {
    console.err(`${host.name} (${role}), written ${place === 0 ? 'first' : 'second'}:`);
    const lines =
      place === 1 && isSame ? ['the same'] : plan.lines.length === 0 ? ['already so'] : plan.lines;
    for (const line of lines) console.err(`  ${line}`);
    showWarnings(
      console,
      plan.warnings.map((warning) => `${host.name}: ${warning}`),
    );
  }
  const differences = tableDifferences(pair);
  if (differences.length === 0) return;
  console.err(`their tables differ before it, in ${count(differences.length, 'line')}:`);
  for (const line of differences) console.err(`  ${line}`);
}

async function requireYes(
  { confirm }: CommandConsole,
  { inProduction }: PairCall,
  [first, second]: PlannedPair,
): Promise<void> {
  const names = `${first.host.name} and ${second.host.name}`;
  const refuse = (reason: string) =>
    IpvsError.input(
      'not-confirmed',
      'change',
      names,
      reason,
      'nothing was written; give --yes behind the command if that is meant',
    );
  if (confirm === null) throw refuse('two directors are changed, and there is no terminal to ask on');
  if (!(await confirm(`Do this on ${names}?`))) throw refuse('the answer was not yes');
  for (const host of inProduction) {
    if (!(await confirm(`${host} is in production. To change something there, type its name:`, host)))
      throw refuse(`${host} is in production, and the answer was not its name`);
  }
}
