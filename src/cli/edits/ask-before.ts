import type { Plan } from '../../changes/plan/plan.ts';
import { type TakenOn, takenOn } from '../../changes/plan/taken-on.ts';
import { count } from '../../changes/steps/describe.ts';
import { allServices, type Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer } from '../../ipvs/identity.ts';
import { Probing } from '../../probe/probing.ts';
import { faultWords, formatMilliseconds, type ProbeVerdict } from '../../probe/verdict.ts';
import { interruptible } from '../context/clock.ts';
import type { CommandContext } from '../context/context.ts';
import { type Demo, usualDemo } from '../context/demo.ts';
import { CommandEnd } from '../context/exit-code.ts';
import { openMachine, openNetwork } from '../opening/open-host.ts';
import type { WriteOptions } from './write-options.ts';

/** Most real servers that are asked while somebody looks at a plan, and waits. */
const mostShown = 6;

/**
 * With `--probe`, asks the real servers that a plan sends clients to, prints what they answer, and throws a
 * `CommandEnd` where one does not answer. Throws an `unreachable` `IpvsError` where they cannot be asked.
 */
export async function requireAnswers(
  context: CommandContext,
  director: Director,
  plan: Plan,
  { probe = false, demo }: WriteOptions,
): Promise<void> {
  const asked = takenOn(plan.steps);
  if (!probe || asked.length === 0) return;
  const verdicts = await ask(context, director, asked, demo);
  for (const line of lines(asked, verdicts)) context.console.err(line);
  const deaf = verdicts.filter((verdict) => verdict !== undefined && faultWords.has(verdict.word)).length;
  if (deaf > 0)
    throw new CommandEnd(
      'found',
      1,
      `nothing was done: ${count(deaf, 'real server')} would not serve clients`,
    );
}

/**
 * Without `--probe`, asks the first real servers that a plan sends clients to, and prints what they answer, for whoever
 * decides about the plan. Does nothing where there is no terminal to ask on.
 */
export async function showAnswers(
  context: CommandContext,
  director: Director,
  plan: Plan,
  { probe = false, demo }: WriteOptions,
): Promise<void> {
  const { console } = context;
  const asked = takenOn(plan.steps);
  if (probe || asked.length === 0 || console.confirm === null) return;
  const shown = asked.slice(0, mostShown);
  try {
    for (const line of lines(shown, await ask(context, director, shown, demo))) console.err(line);
    const more = asked.length - shown.length;
    if (more > 0) console.err(`${count(more, 'more real server')} not asked here; --probe asks all`);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    console.err(`not asked whether they answer: ${error.reason}`);
  }
}

async function ask(
  context: CommandContext,
  director: Director,
  asked: readonly TakenOn[],
  demo: Demo | undefined,
): Promise<readonly (ProbeVerdict | undefined)[]> {
  const choice = { demo: demo ?? (director.source === 'simulated' && usualDemo) };
  const network = await (context.openNetwork ?? openNetwork)(choice);
  try {
    const machine = await (context.openMachine ?? openMachine)(choice);
    const probing = new Probing({ director, network, machine });
    const services = [
      ...allServices(director).map(({ service }) => service.identity),
      ...asked.map(({ service }) => service),
    ];
    const rows = await probing.rowsOf(
      asked.map(({ service, realServer }) => ({ service, realServers: [realServer] })),
      services,
    );
    const verdicts: (ProbeVerdict | undefined)[] = rows.map(() => undefined);
    await interruptible(async (signal) => {
      await probing.ask(rows, services, {
        signal,
        onVerdict: (verdict, place) => {
          verdicts[place] = verdict;
        },
      });
      if (signal.aborted)
        throw new CommandEnd('broken-off', Number(signal.reason), 'nothing was done: stopped while asking');
    });
    return verdicts;
  } finally {
    network.close();
  }
}

function lines(asked: readonly TakenOn[], verdicts: readonly (ProbeVerdict | undefined)[]): string[] {
  return asked.map(({ realServer }, place) => {
    const name = formatRealServer(realServer.identity);
    const verdict = verdicts[place];
    if (verdict === undefined) return `${name}: not asked, since nobody can tell what its clients call`;
    const { word, said, causes, milliseconds } = verdict;
    const time = milliseconds === null ? '' : ` (${formatMilliseconds(milliseconds)})`;
    const cause = causes[0] === undefined ? '' : `; it may be that ${causes[0]}`;
    return `${name} ${word}${word === 'answers' ? '' : ':'} ${said}${time}${cause}`;
  });
}
