import type { TableEvent } from '../../changes/events/event.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import type { RecordedSpan } from '../../recording/recording.ts';
import type { RecordedMoment } from '../../recording/recording-decoder.ts';
import type { History, HistorySpan } from '../../sampling/history/history.ts';
import type { Played } from './speed.ts';

/** What the screen shows in place of the director: a moment of a recording. */
export interface Replay {
  /** Time of the sample that is shown, milliseconds since the epoch. */
  readonly time: number;
  /** Times of which there are samples. */
  readonly spans: readonly RecordedSpan[];
  /** What happened in all of the recording, the oldest first. */
  readonly events: readonly TableEvent[];
  /** Speed of the replay as a multiple of real time; 0 while it stands still. */
  readonly speed: number;
  /** Whether there is a director to go back to. */
  readonly canGoLive: boolean;
  /** Number of files that could not be read to their end. */
  readonly damages: number;
}

/** Moves through a recording; the keys of the group Time end up here. */
export interface LookingBack extends Played {
  /** Why there is nothing to look back at, with what to do; `undefined` where looking back is possible. */
  obstacle(): string | undefined;
  /** Goes to the next sample, or the one before. */
  step(by: 1 | -1): void;
  /** Goes to the next event, or the one before. */
  toEvent(by: 1 | -1): void;
  /** Goes to a time as the operator types it. */
  goTo(text: string): void;
  /** Goes back to the director. */
  live(): void;
  /**
   * A row's past as of the sample that is shown; `null` where it is not known, or not read yet: the sample is shown
   * again once it is.
   */
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

/** Commands of the group Edits that only show something. */
const views: ReadonlySet<string> = new Set(['journal']);

/**
 * Why a command does not work while a recording is shown; `undefined` where it does, or where no recording is shown.
 */
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
