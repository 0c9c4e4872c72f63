import type { PlannedHost, PlannedPair } from './plan-pair.ts';
import type { PairOutcome, PairStand } from './settle-pair.ts';

const standWords: Readonly<Record<PairStand['stand'], string>> = {
  before: 'as before',
  planned: 'as planned',
  neither: 'neither as before nor as planned: another hand has changed it',
  unseen: 'not reached; it takes back by itself what is not confirmed',
  untouched: 'so already, nothing was to be written',
};

/** How a pair edit ended, in lines; of one that left them different, with the commands for each. */
export function outcomeLines(
  { kind, stands, reason }: PairOutcome,
  pair: PlannedPair,
  id: string,
  command: string,
): readonly string[] {
  if (kind === 'both as planned') return [`both as planned: change ${id} in both journals`];
  if (kind === 'both as before') return [`both as before: ${reason ?? ''}`];
  return [
    `DIVERGED: ${reason ?? ''}`,
    ...pair.map(({ host }, place) => `  ${host.name}: ${wordsOf(stands[place] ?? stands[0])}`),
    ...way('before', pair, stands, (host) => `lvstop --host ${host} undo ${id} --yes`),
    ...way('planned', pair, stands, (host, { change }) =>
      isWaiting(change) ? `lvstop --host ${host} confirm ${id}` : `lvstop --host ${host} ${command}`,
    ),
  ];
}

function wordsOf({ stand, change }: PairStand): string {
  return stand === 'planned' && isWaiting(change)
    ? `${standWords[stand]}; it takes that back by itself unless it is confirmed`
    : standWords[stand];
}

/** Whether a change is in force, and is taken back by itself unless it is confirmed. */
function isWaiting(change: PairStand['change']): boolean {
  return change !== null && change.confirmation === 'waiting' && !change.isUndone;
}

/** The commands that bring both to `goal`, under a heading; empty where both are there. */
function way(
  goal: 'before' | 'planned',
  pair: PlannedPair,
  stands: PairOutcome['stands'],
  commandFor: (host: string, stand: PairStand) => string,
): readonly string[] {
  const wanted = pair.flatMap(({ host }: PlannedHost, place) => {
    const stand = stands[place] ?? stands[0];
    if (stand.stand === 'untouched') return [];
    if (stand.stand === goal && !isWaiting(stand.change)) return [];
    return [`  ${commandFor(host.name, stand)}`];
  });
  return wanted.length === 0 ? [] : [`to have both as ${goal}:`, ...wanted];
}
