import { saidLast } from './far-json.ts';
import type { MemberChange } from './member.ts';
import { type Both, onBoth, type PairHost } from './pair-host.ts';
import { lookAt, type PlannedHost, type PlannedPair } from './plan-pair.ts';

/** The clock that a pair edit waits by, and where it reports. */
export interface PairSurroundings {
  /** Milliseconds that no change of the date moves. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Is told what was done, a line at a time. */
  readonly tell: (line: string) => void;
}

/** What went wrong, and the exit code by which it was told. */
export interface Failure {
  readonly exitCode: number;
  /** One sentence, with the host. */
  readonly reason: string;
}

/** How a director was seen to stand to the change. */
export interface PairStand {
  /** `unseen` where it could not be reached; `untouched` where all was so already, so that nothing was written. */
  readonly stand: MemberChange['stand'] | 'unseen' | 'untouched';
  /** `null` where its journal has no such change, or was not read. */
  readonly change: MemberChange | null;
}

/** How a pair edit ended. */
export interface PairOutcome {
  readonly kind: 'both as before' | 'both as planned' | 'diverged';
  /** In the order of the pair. */
  readonly stands: Both<PairStand>;
  /** Why it is not as planned; `null` where it is. */
  readonly reason: string | null;
  /** 0 where it is as planned, 5 where they diverged, else that of what went wrong. */
  readonly exitCode: number;
}

/** A pair that is to be made the same again. */
export interface Settling {
  readonly pair: PlannedPair;
  readonly id: string;
  /** Seconds in which each takes back by itself what is not confirmed. */
  readonly within: number;
  readonly goal: Goal;
  readonly failure: Failure;
}

type Goal = 'before' | 'planned';

/** Seconds that an undo may take after the time of its change is over; then nobody is waited for any more. */
const grace = 15;

/** Milliseconds between two looks at what is not settled. */
const lookEvery = 2000;

/**
 * Times that a host may refuse before it is left as it is: a single refusal may only mean that its own undo was faster.
 */
const mostRefusals = 2;

/**
 * Looks at both and does what makes them the same, until they are, or the time is over in which each has taken back
 * by itself what was not confirmed. What was taken back on one is then taken back on the other, too, confirmed or not.
 */
export async function settlePair(settling: Settling, surroundings: PairSurroundings): Promise<PairOutcome> {
  const { pair, id, failure } = settling;
  const { now, wait, tell } = surroundings;
  const until = now() + (settling.within + grace) * 1000;
  const hosts = new Map<PairHost, Attempts>(pair.map(({ host }) => [host, noAttempts()]));
  const attemptsAt = ({ host }: PlannedHost) => hosts.get(host) ?? noAttempts();
  let { goal } = settling;
  for (;;) {
    const stands = await onBoth(pair, async (planned) => standOn(planned, id));
    if (stands.some((stand) => isTakenBack(stand))) goal = 'before';
    const isSettled = (place: 0 | 1) => isAs(goal, stands[place], attemptsAt(pair[place]));
    if (isSettled(0) && isSettled(1)) {
      return goal === 'planned'
        ? { kind: 'both as planned', stands, reason: null, exitCode: 0 }
        : { kind: 'both as before', stands, ...failure };
    }
    const isOver = (place: 0 | 1) =>
      isSettled(place) || isLost(goal, stands[place]) || attemptsAt(pair[place]).refusals >= mostRefusals;
    // A look at a host that cannot be reached may take all the time that there is: the other one is asked all the same.
    const isLeft = (place: 0 | 1) => attemptsAt(pair[place]).isAsked || !canBeAsked(stands[place]);
    if ((isOver(0) || (now() >= until && isLeft(0))) && (isOver(1) || (now() >= until && isLeft(1)))) {
      return { kind: 'diverged', stands, reason: failure.reason, exitCode: divergedCode };
    }
    await onBoth([0, 1] as const, async (place) => {
      if (!isOver(place) && canBeAsked(stands[place]))
        await ask(pair[place].host, id, goal, attemptsAt(pair[place]), tell);
    });
    await wait(Math.min(lookEvery, Math.max(0, until - now())));
  }
}

/** Exit code of a command that leaves the two of a pair different. */
export const divergedCode = 5;

/** What was tried on a host. */
interface Attempts {
  isAsked: boolean;
  /** It has said that the change is taken back, or that it will not take it any more. */
  isClosed: boolean;
  refusals: number;
}

function noAttempts(): Attempts {
  return { isAsked: false, isClosed: false, refusals: 0 };
}

async function standOn({ host, plan }: PlannedHost, id: string): Promise<PairStand> {
  if (plan.lines.length === 0) return { stand: 'untouched', change: null };
  const state = await lookAt(host, id);
  if (state.kind === 'failed') return { stand: 'unseen', change: null };
  const { change } = state.value;
  return { stand: change?.stand ?? 'before', change };
}

function isTakenBack({ change }: PairStand): boolean {
  return change !== null && (change.isUndone || change.confirmation === 'lapsed');
}

/** Whether a director is as it is to be, and stays so by itself. */
function isAs(goal: Goal, { stand, change }: PairStand, { isClosed }: Attempts): boolean {
  if (stand === 'untouched') return true;
  if (stand !== goal) return false;
  if (goal === 'planned') return change?.confirmation === 'confirmed' && !change.isUndone;
  // A write that was sent and has not arrived yet must be forbidden, or it would come later.
  return change === null ? isClosed : change.state === 'ended';
}

/** Whether another hand has changed what was to be settled. */
function isLost(goal: Goal, { stand, change }: PairStand): boolean {
  if (change === null || change.state === 'under way') return false;
  return goal === 'planned'
    ? change.confirmation === 'confirmed' && stand !== 'planned'
    : change.isUndone && stand !== 'before';
}

function canBeAsked({ stand, change }: PairStand): boolean {
  return stand !== 'unseen' && change?.state !== 'under way';
}

async function ask(
  host: PairHost,
  id: string,
  goal: Goal,
  attempts: Attempts,
  tell: (line: string) => void,
): Promise<void> {
  attempts.isAsked = true;
  const words = goal === 'planned' ? ['confirm', id] : ['undo', id, '--yes', '--or-forbid'];
  const { exitCode, err } = await host.call(words);
  if (exitCode === 0) {
    attempts.isClosed ||= goal === 'before';
    tell(`${host.name}: ${goal === 'planned' ? 'confirmed' : 'taken back'}`);
  } else if (exitCode !== 3) {
    attempts.refusals++;
    tell(`${host.name}: ${saidLast(err)}`);
  }
}
