import { saidLast } from './far-json.ts';
import type { MemberChange } from './member.ts';
import { type Both, onBoth } from './pair-host.ts';
import { lookAt, type PlannedHost, type PlannedPair } from './plan-pair.ts';
import { roleOf } from './roles.ts';
import { type Failure, type PairOutcome, type PairSurroundings, settlePair } from './settle-pair.ts';

/** What is to be done to a pair. */
export interface PairEdit {
  readonly pair: PlannedPair;
  /** Arguments of lvstop that do it on each. */
  readonly command: readonly string[];
  /** The name of the change in both journals. */
  readonly id: string;
  /** Seconds in which it is taken back on each unless it is confirmed. */
  readonly within: number;
}

/** One step of a pair edit, and what its failure leads to. */
export interface PairStep {
  readonly name: string;
  /** `null` where all is as it has to be. */
  readonly run: (edit: PairEdit, tell: (line: string) => void) => Promise<Failure | null>;
  /**
   * `end`: nothing was written yet. `take back`: all that was written is taken back. `go by what is confirmed`: what
   * was written stays, unless one of the two has taken it back.
   */
  readonly onFailure: 'end' | 'take back' | 'go by what is confirmed';
}

/** The steps in their order. A connection that is lost is a failure, whatever was done at its far end. */
export const pairSteps: readonly PairStep[] = [
  { name: 'look at both once more', run: (edit) => checkBoth(edit, [false, false]), onFailure: 'end' },
  { name: 'write the first', run: (edit, tell) => write(edit, 0, tell), onFailure: 'take back' },
  {
    name: 'read the first back, and look at the roles',
    run: (edit) => checkBoth(edit, [true, false]),
    onFailure: 'take back',
  },
  { name: 'write the second', run: (edit, tell) => write(edit, 1, tell), onFailure: 'take back' },
  {
    name: 'read both back, and look at the roles',
    run: (edit) => checkBoth(edit, [true, true]),
    onFailure: 'take back',
  },
  { name: 'confirm on both', run: (edit) => confirmBoth(edit), onFailure: 'go by what is confirmed' },
];

/** Edits both, one after the other, and takes back what was not done on both. */
export async function editPair(edit: PairEdit, surroundings: PairSurroundings): Promise<PairOutcome> {
  const { pair, id, within } = edit;
  const { tell } = surroundings;
  for (const step of pairSteps) {
    const failure = await step.run(edit, tell);
    if (failure === null) continue;
    tell(failure.reason);
    if (step.onFailure === 'end')
      return { kind: 'both as before', stands: bothAs(pair, 'before'), ...failure };
    const goal = step.onFailure === 'take back' ? 'before' : 'planned';
    return settlePair({ pair, id, within, goal, failure }, surroundings);
  }
  return { kind: 'both as planned', stands: bothAs(pair, 'planned'), reason: null, exitCode: 0 };
}

function bothAs([one, other]: PlannedPair, stand: 'before' | 'planned'): PairOutcome['stands'] {
  const as = ({ plan }: PlannedHost) =>
    ({ stand: plan.lines.length === 0 ? 'untouched' : stand, change: null }) as const;
  return [as(one), as(other)];
}

/** Looks whether roles are as they were when the plan was shown, and whether what was written stands. */
async function checkBoth({ pair, id }: PairEdit, isWritten: Both<boolean>): Promise<Failure | null> {
  const looked = await onBoth(pair, async (planned) => ({ planned, state: await lookAt(planned.host, id) }));
  for (const [place, { planned, state }] of looked.entries()) {
    const { host, plan, role } = planned;
    if (state.kind === 'failed') return { exitCode: state.exitCode, reason: `${host.name}: ${state.reason}` };
    const now = roleOf(state.value, plan.addresses);
    if (now !== role) return { exitCode: 4, reason: `${host.name} was ${role}, and is ${now} now` };
    if (isWritten[place] === true && plan.lines.length > 0) {
      const wrong = otherwise(state.value.change);
      if (wrong !== null) return { exitCode: 4, reason: `${host.name}: ${wrong}` };
    }
  }
  return null;
}

/** What is wrong with a change that was written and waits; `null` where nothing is. */
function otherwise(change: MemberChange | null): string | null {
  if (change === null) return 'its journal has not the change any more';
  if (change.isUndone || change.confirmation !== 'waiting') return 'the change has been taken back there';
  return change.stand === 'planned' ? null : 'another hand has changed what was written there';
}

async function write(
  { pair, command, id, within }: PairEdit,
  place: 0 | 1,
  tell: (line: string) => void,
): Promise<Failure | null> {
  const { host, plan } = pair[place];
  if (plan.lines.length === 0) return null;
  const trial = ['--change-name', id, '--confirm-within', String(within), '--planned', plan.identity];
  const { exitCode, err } = await host.call([...command, '--yes', ...trial]);
  if (exitCode !== 0) return { exitCode, reason: `${host.name}: ${saidLast(err)}` };
  tell(`${host.name}: written, and taken back in ${within} s unless it is confirmed`);
  return null;
}

async function confirmBoth({ pair, id }: PairEdit): Promise<Failure | null> {
  const answers = await onBoth(pair, async ({ host, plan }) => ({
    host,
    ...(plan.lines.length === 0 ? { exitCode: 0, err: [] } : await host.call(['confirm', id])),
  }));
  const failed = answers.find(({ exitCode }) => exitCode !== 0);
  if (failed === undefined) return null;
  return { exitCode: failed.exitCode, reason: `${failed.host.name}: ${saidLast(failed.err)}` };
}
