import type { Drain } from '../../changes/drain/drain.ts';
import type { Ramp } from '../../changes/drain/ramps.ts';
import type { TableEvent } from '../../changes/events/event.ts';
import type { Access } from '../../director/director.ts';
import type { Examination } from '../../doctor/rounds/rounds.ts';
import type { FarHost } from '../../fleet/far-host.ts';
import type { HeldTable } from '../../fleet/held-tables.ts';
import type { OwnKeys } from '../../formats/settings/own-keys.ts';
import type {
  AlertChoice,
  CharacterChoice,
  ColorChoice,
  ProbeChoice,
  SplitChoice,
  ThemeChoice,
} from '../../formats/settings/settings.ts';
import type { HostView } from '../../host/host-view.ts';
import type { RowKey, ServiceKey } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import type { ManagerView } from '../../manager/manager-watch.ts';
import type { RowChecks } from '../../manager/row-checks.ts';
import { RowNames } from '../../manager/row-names.ts';
import { type KnownAnswers, noAnswers } from '../../probe/known-answers.ts';
import type { ProbeStanding } from '../../probe/probing.ts';
import type { HistorySpan } from '../../sampling/history/history.ts';
import { realServersOf } from '../../sampling/service-view.ts';
import type { View } from '../../sampling/view.ts';
import type { EnteredNamespace } from '../../system/network-namespace.ts';
import type { ColumnId } from '../table/columns.ts';
import { type FindingMarks, noMarks } from '../table/finding-marks.ts';
import type { Row } from '../table/row.ts';
import { asksForStates } from '../table/row-filter.ts';
import { hasStickyHead, haveSameKeys, RowsOfView, rowOf } from '../table/row-list.ts';
import { buildRows, keepOrder, type RowOptions } from '../table/rows.ts';
import { nameWidthOf } from '../table/table-painter.ts';
import type { Dialog } from './dialog.ts';
import type { SimulatedPace } from './paced-time.ts';
import type { Pane } from './pane.ts';
import type { Replay } from './replay.ts';
import { noTraffic, type Traffic } from './traffic.ts';
import type { TypedLine } from './typed-line.ts';

/**
 * Why edits are off: switched off for this run (`option`) or in the configuration (`setting`), the configuration cannot
 * be read and may say so (`doubt`), or CAP_NET_ADMIN is missing (`right`).
 */
export type ReadOnlyReason = 'option' | 'setting' | 'doubt' | 'right';

/** What the doctor found, as far as it is shown; an examination from a recording has no network. */
export type ShownExamination = Omit<Examination, 'network'>;

/** One line that tells what came of a key. */
export interface Message {
  readonly kind: 'done' | 'refusal' | 'hint';
  readonly text: string;
}

/** Everything that decides what the screen shows. Replaced as a whole by each change. */
export interface ScreenState extends RowOptions {
  /** What is shown; while frozen, an old one. `null` before the first reading. */
  readonly view: View | null;
  /** The machine that forwards; `null` before its first sample. */
  readonly host: HostView | null;
  /** When that was sampled, milliseconds since the epoch. */
  readonly hostTime: number;
  /** What all services carried in the last minutes. */
  readonly traffic: Traffic;
  readonly frozen: boolean;
  /** How the time of a simulated director passes; `null` where it cannot be changed. */
  readonly pace: SimulatedPace | null;
  /** The recording that is shown; `null` while the director is. */
  readonly replay: Replay | null;
  /** The newest moment that is known of, milliseconds since the epoch; see `momentOf`. */
  readonly now: number;
  readonly rows: RowsOfView;
  /** Ids of the chosen columns in their order; `null` for as many as fit. */
  readonly columns: readonly ColumnId[] | null;
  /** Cells that the longest name among the rows needs. */
  readonly nameWidth: number;
  readonly cursorKey: RowKey | undefined;
  /** Index of the first row shown. */
  readonly top: number;
  readonly tagged: ReadonlySet<RowKey>;
  /** What was searched for last, which `n` goes on with; empty before that. */
  readonly search: string;
  /** Number of services and real servers that differ from the saved table; `null` where no table is saved. */
  readonly unsaved: number | null;
  /** What the doctor found last; `null` before its first round, and where there is no doctor. */
  readonly examination: ShownExamination | null;
  /** The rows that have findings. */
  readonly marks: FindingMarks;
  /** Keys of services that the doctor found something wrong with, see `alarmedServices`. */
  readonly alarmed: ReadonlySet<ServiceKey>;
  /** What real servers answered when they were probed. */
  readonly answers: KnownAnswers;
  /** How the automatic probing of real servers stands. */
  readonly probing: ProbeStanding;
  /** Who keeps the table, and how the table differs from what the keeper has. */
  readonly manager: ManagerView;
  /** What the health checks of keepalived or ldirectord say of rows. */
  readonly checks: RowChecks;
  readonly rowNames: RowNames;
  /** Real servers that are being drained. */
  readonly drains: readonly Drain[];
  /** Weights that are raised in steps. */
  readonly ramps: readonly Ramp[];
  /** What has happened since the start, the newest first. */
  readonly events: readonly TableEvent[];
  /** The newest event that lvstop did not cause itself, shown for some seconds; `null` for none. */
  readonly news: TableEvent | null;
  /** Keys of rows that somebody changed in the last seconds. */
  readonly lit: ReadonlySet<RowKey>;
  /** The time that charts show. */
  readonly span: HistorySpan;
  /** The line that `/` or `:` opens, while it is open. */
  readonly typed: TypedLine | null;
  /** Keys of commands in place of the usual ones. */
  readonly keys: OwnKeys;
  /** Whether the mouse is reported to lvstop, and not left to the terminal's own selection. */
  readonly mouse: boolean;
  /** Whether to watch who changes the table. */
  readonly watch: boolean;
  readonly alerts: AlertChoice;
  readonly probe: ProbeChoice;
  readonly split: SplitChoice;
  readonly characters: CharacterChoice;
  readonly color: ColorChoice;
  readonly theme: ThemeChoice;
  /** Colours in place of the theme's. */
  readonly colors: Readonly<Record<string, string>>;
  /** The operator's own names of services and real servers. */
  readonly names: Readonly<Record<string, string>>;
  /** The traffic is drawn as graphs in the header, where there is room. */
  readonly graphs: boolean;
  /** What stands in place of the table; `null` for the table itself. */
  readonly pane: Pane | null;
  readonly dialog: Dialog | null;
  readonly message: Message | null;
  /** Refresh interval in seconds. */
  readonly interval: number;
  /** Percent of the interval that a reading should take. */
  readonly budget: number;
  /** Why nothing can be edited in this run; `null` where it can. */
  readonly readOnly: ReadOnlyReason | null;
  /** The network namespace that was entered for this table; `null` for the one in which lvstop was started. */
  readonly namespace: EnteredNamespace | null;
  /** How the caller of `--host` sees this machine; `null` where lvstop runs without `--host`. */
  readonly far: FarHost | null;
  /** Tables of other network namespaces, which are looked for where this one is empty at first. */
  readonly elsewhere: readonly HeldTable[];
}

/** The part of the state that settings decide. */
export type ChosenState = Pick<
  ScreenState,
  | 'columns'
  | 'interval'
  | 'budget'
  | 'sortColumn'
  | 'reverse'
  | 'flat'
  | 'split'
  | 'characters'
  | 'color'
  | 'theme'
  | 'colors'
  | 'names'
  | 'graphs'
  | 'mouse'
  | 'watch'
  | 'alerts'
  | 'probe'
  | 'keys'
>;

/** What the state begins with besides the settings. */
export interface InitialState {
  readonly readOnly?: ReadOnlyReason | null;
  readonly namespace?: EnteredNamespace | null;
  readonly far?: FarHost | null;
  /** The filter to begin with; none where it is empty or left out. */
  readonly filter?: string;
  /** What to say at first; `null` for nothing. */
  readonly notice?: string | null;
}

/** The state before the first reading. */
export function initialState(
  chosen: ChosenState,
  { readOnly = null, namespace = null, far = null, filter = '', notice = null }: InitialState = {},
): ScreenState {
  return {
    ...chosen,
    readOnly,
    namespace,
    far,
    elsewhere: [],
    filter: visible(filter),
    view: null,
    host: null,
    hostTime: 0,
    traffic: noTraffic,
    frozen: false,
    pace: null,
    replay: null,
    now: 0,
    rows: RowsOfView.none,
    nameWidth: 0,
    cursorKey: undefined,
    top: 0,
    closed: new Set(),
    tagged: new Set(),
    search: '',
    unsaved: null,
    examination: null,
    marks: noMarks,
    alarmed: new Set(),
    answers: noAnswers,
    probing: { kind: 'off' },
    manager: { kind: 'none' },
    checks: new Map(),
    rowNames: RowNames.none.withOwn(chosen.names),
    drains: [],
    ramps: [],
    events: [],
    news: null,
    lit: new Set(),
    span: '5m',
    typed: null,
    pane: null,
    dialog: null,
    message: notice === null ? null : { kind: 'hint', text: notice },
  };
}

/** What decides about the rows and their order. */
const rowFields = ['view', 'closed', 'filter', 'sortColumn', 'reverse', 'flat'] as const;

/** What decides about the rows too where the filter asks for states. */
const stateFields = ['tagged', 'drains', 'marks', 'answers', 'checks', 'rowNames'] as const;

/** The state with a change; the rows are built again only if the change concerns them. */
export function changed(state: ScreenState, change: Partial<ScreenState>): ScreenState {
  const next = { ...state, ...change };
  const isCursorLost = next.cursorKey !== state.cursorKey && next.rows.indexOf(next.cursorKey) < 0;
  const fields = asksForStates(next.filter) ? [...rowFields, ...stateFields] : rowFields;
  const mayMoveAgain = standStill(state) && !standStill(next);
  if (!isCursorLost && !mayMoveAgain && fields.every((name) => next[name] === state[name])) return next;
  const haveTagsMoved = next.view !== state.view || next.tagged !== state.tagged;
  return withRows(haveTagsMoved ? withoutLostTags(next) : next);
}

/**
 * Builds the rows again and keeps the cursor on its row. When that row is gone the cursor goes to the one that took its
 * place. While a dialog or a pane is open the order of the rows stands still under it.
 */
function withRows(state: ScreenState): ScreenState {
  if (state.view === null) return state;
  const built = buildRows(state.view, state);
  const areSame = haveSameKeys(built, state.rows);
  const rows = standStill(state) && !areSame ? keepOrder(built, keysOf(state.rows)) : built;
  // Names follow from keys, and most readings bring the same ones.
  const nameWidth = areSame ? state.nameWidth : nameWidthOf(rows, state.flat);
  if (rows.indexOf(state.cursorKey) >= 0) return { ...state, rows, nameWidth };
  const former = state.rows.indexOf(state.cursorKey);
  const nearest = rows.at(Math.min(Math.max(0, former), rows.length - 1));
  return { ...state, rows, nameWidth, cursorKey: nearest?.key };
}

/** Whether the order of the rows stays as it is under what is open. */
function standStill({ pane, dialog }: ScreenState): boolean {
  return pane !== null || (dialog !== null && !dialog.isAboutTable);
}

/** The state without the tags of rows that are gone. */
function withoutLostTags(state: ScreenState): ScreenState {
  const { tagged, view } = state;
  if (tagged.size === 0 || view === null) return state;
  let present = 0;
  for (const key of keysIn(view)) if (tagged.has(key)) present++;
  if (present === tagged.size) return state;
  const keys = new Set(keysIn(view));
  return { ...state, tagged: new Set([...tagged].filter((key) => keys.has(key))) };
}

/** The keys of all rows that a view could have. */
function* keysIn({ services }: View): Generator<RowKey, void, void> {
  for (const service of services) {
    yield service.key;
    for (const { key } of realServersOf(service)) yield key;
  }
}

function* keysOf(rows: RowsOfView): Generator<RowKey, void, void> {
  for (const { key } of rows) yield key;
}

/** What of the table may be read; all of it as long as nothing was read. */
export function accessOf({ view }: Pick<ScreenState, 'view'>): Access {
  return view?.director.access ?? 'full';
}

/** Whether real servers are asked again and again. */
export function isProbing({ probe }: Pick<ScreenState, 'probe'>): boolean {
  return probe !== 'off';
}

/** The row under the cursor. */
export function selectedRow(state: ScreenState): Row | undefined {
  return rowOf(state.rows, state.cursorKey);
}

/** The change that moves the cursor by this many rows, as far as there are any. */
export function moveCursor(
  { rows, cursorKey }: Pick<ScreenState, 'rows' | 'cursorKey'>,
  by: number,
): Pick<ScreenState, 'cursorKey'> {
  const target = Math.min(rows.length - 1, Math.max(0, Math.max(0, rows.indexOf(cursorKey)) + by));
  return { cursorKey: rows.at(target)?.key };
}

/** Scrolls so that the cursor is among `height` shown rows, and no room is left empty below the last row. */
export function scrolled(state: ScreenState, height: number): ScreenState {
  const index = Math.max(0, state.rows.indexOf(state.cursorKey));
  let top = Math.min(state.top, Math.max(0, state.rows.length - height));
  if (index < top) top = index;
  if (index >= top + height) top = index - height + 1;
  // The first line may show the service of the row that would be there.
  if (index === top && hasStickyHead(state.rows, top, height, state.flat)) top -= 1;
  return top === state.top ? state : { ...state, top };
}

/** A copy of the set: without the key if it was in, with it otherwise. */
export function toggled<Key>(keys: ReadonlySet<Key>, key: Key): ReadonlySet<Key> {
  const changed = new Set(keys);
  if (!changed.delete(key)) changed.add(key);
  return changed;
}
