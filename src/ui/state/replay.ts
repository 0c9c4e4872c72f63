import type { TableEvent } from '../../changes/events/event.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import type { RecordedSpan } from '../../recording/recording.ts';
import type { RecordedMoment } from '../../recording/recording-decoder.ts';
import type { History, HistorySpan } from '../../sampling/history/history.ts';

/** What the screen shows in place of the director: a moment of a recording. */
export interface Replay {
  /** Of the sample that is shown, milliseconds since the epoch. */
  readonly time: number;
  /** Times of which there are samples. */
  readonly spans: readonly RecordedSpan[];
  /** What happened in all of the recording, the oldest first. */
  readonly events: readonly TableEvent[];
  /** Times as fast as it was that it goes on; 0 while it stands still. */
  readonly speed: number;
  /** There is a director to go back to. */
  readonly canGoLive: boolean;
  /** Files that could not be read to their end. */
  readonly damages: number;
}

/** What looking back does; every key of it goes here. */
export interface LookingBack {
  /** Why it cannot be looked back, with what to do; `undefined` where it can. */
  obstacle(): string | undefined;
  /** To the next sample, or the one before. */
  step(by: 1 | -1): void;
  /** To what happened next, or before. */
  toEvent(by: 1 | -1): void;
  /** To a time as the operator types it. */
  goTo(text: string): void;
  /** Goes on as it went, or holds still. */
  play(): void;
  /** Back to the director. */
  live(): void;
  /** A row's past as of the sample that is shown; `null` where it is not known, or not yet: then it is shown once it is. */
  history(key: RowKey, span: HistorySpan): History | null;
}

/** What is shown of a recording. */
export interface Shown {
  readonly replay: Replay;
  readonly moment: RecordedMoment;
  /** What had happened by then, the newest first. */
  readonly events: readonly TableEvent[];
}

/** Commands that mean nothing in a recording, and why. */
const notRecorded: Readonly<Record<string, string>> = {
  walk: 'routes, neighbours and interfaces were not recorded',
  probe: 'real servers cannot be asked about what was',
  connections: 'single connections were not recorded',
  keepalived: 'what keepalived had was not recorded',
  director: 'time-outs and sync daemons were not recorded',
  setup: 'the network around was not recorded',
  save: 'it saves what is, and this is what was',
  namespaces: 'this is a recording',
  watch: 'this is a recording',
  interval: 'a recording has its own',
};

/** Views among the edits. */
const views: ReadonlySet<string> = new Set(['journal']);

/** Why a command does not work on what is shown of a recording; `undefined` where it does, and where none is shown. */
export function replayObstacle(
  replay: Replay | null,
  { id, group }: { readonly id: string; readonly group: string },
): string | undefined {
  if (replay === null) return undefined;
  const reason = reasonAgainst({ id, group });
  return reason === undefined ? undefined : `${reason}${replay.canGoLive ? '; L goes back to now' : ''}`;
}

/** Whether a command does something with what was recorded. */
export function worksInRecording(command: { readonly id: string; readonly group: string }): boolean {
  return reasonAgainst(command) === undefined;
}

function reasonAgainst({ id, group }: { readonly id: string; readonly group: string }): string | undefined {
  if (Object.hasOwn(notRecorded, id)) return notRecorded[id];
  return group === 'Edits' && !views.has(id) ? 'what was cannot be edited' : undefined;
}
