import type { Severity } from '../../forwarding/diagnosis.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import type { JournalledChange } from '../journal/journalled-change.ts';
import { byWhom, describeOrigin, type Origin, programName } from '../journal/origin.ts';

/** How grave an event is: the severities of findings, or `good` when something is well again. */
export type EventSeverity = Severity | 'good';

/** What all events of a kind have in common. */
interface EventKindFacts {
  /** What has happened, in a word or two. */
  readonly word: string;
  readonly severity: EventSeverity;
}

/** Every kind of event, with its word and how grave it is. */
export const eventKinds = {
  added: { word: 'added', severity: 'hint' },
  removed: { word: 'removed', severity: 'hint' },
  edited: { word: 'edited', severity: 'hint' },
  undone: { word: 'undone', severity: 'hint' },
  refused: { word: 'refused', severity: 'hint' },
  'not-done': { word: 'not done', severity: 'warning' },
  saved: { word: 'saved', severity: 'good' },
  'drain-begun': { word: 'drain begun', severity: 'hint' },
  'drain-ended': { word: 'drained', severity: 'good' },
  'drain-failed': { word: 'drain failed', severity: 'warning' },
  'ramp-begun': { word: 'ramp begun', severity: 'hint' },
  'ramp-ended': { word: 'ramp done', severity: 'good' },
  'ramp-failed': { word: 'ramp ended', severity: 'warning' },
  'error-found': { word: 'found', severity: 'error' },
  'warning-found': { word: 'found', severity: 'warning' },
  'finding-gone': { word: 'gone', severity: 'good' },
  'threshold-reached': { word: 'full', severity: 'warning' },
  'threshold-left': { word: 'not full', severity: 'good' },
  'watch-begun': { word: 'watch', severity: 'good' },
  'watch-ended': { word: 'watch', severity: 'warning' },
  lost: { word: 'lost', severity: 'error' },
  back: { word: 'back', severity: 'good' },
} as const satisfies Readonly<Record<string, EventKindFacts>>;

/** A kind of event. */
export type EventKind = keyof typeof eventKinds;

/** Who did it: this lvstop, or somebody else as far as that was seen. */
export type EventHand = 'own' | Origin;

/** Something that happened at the director. It can be written as JSON without loss. */
export interface TableEvent {
  readonly kind: EventKind;
  /** When it was seen, milliseconds since the epoch. */
  readonly time: number;
  /** Key of the service or real server that it is about; `null` for the director as a whole. */
  readonly about: RowKey | null;
  /** What happened, in one line. */
  readonly text: string;
  /** `null` where it just happened. */
  readonly by: EventHand | null;
  /**
   * What somebody else has changed, with all that was before, so that it can be taken back. A later event with a
   * change of the same id is this event, grown.
   */
  readonly change?: JournalledChange;
}

/** Who did it, for a list; empty where it just happened. */
export function eventHand({ by }: Pick<TableEvent, 'by'>): string {
  if (by === null || by === 'own') return by === null ? '' : 'lvstop';
  return by.unseen === 'no watch' ? 'another hand' : visible(describeOrigin(by));
}

/** The program and the user behind it, for where there is little room. */
export function briefHand(event: Pick<TableEvent, 'by'>): string {
  const { by } = event;
  if (by === null || by === 'own' || typeof by.program?.name !== 'string') return eventHand(event);
  return visible(`${programName(by.program)}, ${by.behind ?? by.user}`);
}

/** An event in one line; says who did it, unless that was lvstop or nobody. */
export function eventText(event: TableEvent): string {
  const { by, text } = event;
  if (by === null || by === 'own') return text;
  return `${text}, ${by.unseen === 'no watch' ? 'by another hand' : visible(byWhom(by))}`;
}
