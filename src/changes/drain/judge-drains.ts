import type { Director } from '../../director/director.ts';
import { ipvsadmLines } from '../../formats/ipvsadm/ipvsadm.ts';
import { counterDifference } from '../../ipvs/counters.ts';
import { formatRealServer, formatService, type RealServerKey, realServerKey } from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { Journal } from '../journal/journal.ts';
import { type JournalledChange, writtenSteps } from '../journal/journalled-change.ts';
import { count, spanText } from '../steps/describe.ts';
import type { Step } from '../steps/step.ts';
import { stepRealServer, stepService } from '../steps/step-kinds.ts';
import { findRealServer } from '../steps/table-state.ts';
import { changeName } from '../undo/plan-undo.ts';
import type { DrainOrder } from './drain.ts';
import { endingText } from './drain-line.ts';
import { drainSurroundings, persistentStillCome } from './drain-obstacles.ts';
import { drainKey, type KeptDrain } from './drains.ts';

/** A drain of a former run that is not continued. */
export interface DroppedDrain {
  readonly drain: KeptDrain;
  /** Why, one clause. */
  readonly reason: string;
}

/** Drains of a former run, sorted by whether somebody has touched their real servers since they began. */
export interface JudgedDrains {
  /** Nothing shows that anybody has touched the real server. */
  readonly untouched: readonly KeptDrain[];
  /** Somebody has touched the real server, or nobody can tell. */
  readonly dropped: readonly DroppedDrain[];
}

/**
 * Compares drains of a former run with the table and the journal. These count as touched: other settings, a weight
 * other than 0, counters that went back, new connections (at weight 0 only persistence brings any), and a later
 * change in the journal. If somebody changed a real server and changed it back with no connection in between, that
 * leaves no trace. Throws an `IpvsError` when the director cannot be read.
 */
export function judgeDrains(director: Director, journal: Journal, kept: readonly KeptDrain[]): JudgedDrains {
  const untouched: KeptDrain[] = [];
  const dropped: DroppedDrain[] = [];
  for (const drain of kept) {
    const reason = touchInTable(director, drain) ?? touchInJournal(journal, drain);
    if (reason === undefined) untouched.push(drain);
    else dropped.push({ drain, reason });
  }
  return { untouched, dropped };
}

/** A sentence about a drain that is not continued. `now` is by the clock of `beganAt`. */
export function droppedSentence({ drain: { order }, reason }: DroppedDrain, now: number): string {
  return `${drainTitle(order, now)}, is not continued: ${reason}; nothing is done to it`;
}

/** `the drain of 10.0.0.21:80 of tcp:203.0.113.10:80, begun 2 h ago, deleted when empty`. */
export function drainTitle(order: DrainOrder, now: number): string {
  const { service, realServer, beganAt, ending, formerWeight } = order;
  return `the drain of ${formatRealServer(realServer)} of ${formatService(service)}, begun ${spanText(now - beganAt)} ago, ${endingText(ending, formerWeight)}`;
}

function touchInTable(director: Director, { order, mark }: KeptDrain): string | undefined {
  const { service, realServer } = order;
  const surroundings = drainSurroundings(director, service);
  const entry = findRealServer(director, service, realServer);
  if (surroundings === null || entry === undefined) return 'it is not there any more';
  const { weight } = entry.realServer;
  if (weight !== 0) return `it has weight ${weight} now`;
  if (mark === null) return 'nothing was noted by which to tell whether somebody has touched it since';
  const line = ipvsadmLines.addRealServer(service, entry.realServer);
  if (line !== mark.line) return `somebody has changed it: it was "${mark.line}", and is "${line}"`;
  if (mark.connections === null) {
    return 'lvstop ended in its first seconds, before its connections were counted, so that it cannot be told whether somebody has touched it since';
  }
  const given = counterDifference(entry.counters.connections, mark.connections);
  if (given < 0) return 'its counters went back: they were zeroed, or it was deleted and added again';
  if (given > 0 && !persistentStillCome(surroundings)) {
    return `it was given ${count(given, 'connection')} since, which a real server at weight 0 gets none of but by persistence: it had a weight in between, or its service was persistent`;
  }
  return undefined;
}

function touchInJournal(journal: Journal, { order, mark }: KeptDrain): string | undefined {
  if (mark === null || mark.change === null) {
    return 'the journal could not be read when it began, so that it cannot be told what lvstop has changed since';
  }
  const key = drainKey(order);
  for (let atLeast = 1; ; ) {
    const { changes, problem } = allAtOnce(journal.read(atLeast));
    if (problem !== null)
      return `the journal cannot be read, which tells what lvstop has changed since: ${problem}`;
    const own = changes.findIndex(({ id }) => id === mark.change);
    const later = (own < 0 ? changes : changes.slice(0, own)).find(
      (change) => change.isOfThisTable && touches(change, key),
    );
    if (later !== undefined) return `lvstop has changed it since: ${changeName(later)}`;
    if (own >= 0) return undefined;
    if (changes.length < atLeast) {
      return mark.change === ''
        ? undefined
        : 'the journal does not reach back to its beginning, so that it cannot be told what lvstop has changed since';
    }
    atLeast = changes.length + 1;
  }
}

/** Whether a change added, edited or deleted a real server, or may have if its end is unknown. */
function touches(change: JournalledChange, key: RealServerKey): boolean {
  const isEnded = change.state !== 'under way' && change.state !== 'unfinished';
  return (isEnded ? writtenSteps(change) : change.steps).some((step) => touchesRealServer(step, key));
}

function touchesRealServer(step: Step, key: RealServerKey): boolean {
  const service = stepService(step);
  if (service === null) return false;
  const own = stepRealServer(step);
  const touched =
    step.kind === 'delete service'
      ? step.realServers.map(({ identity }) => identity)
      : own === null
        ? []
        : [own];
  return touched.some((identity) => realServerKey(service, identity) === key);
}
