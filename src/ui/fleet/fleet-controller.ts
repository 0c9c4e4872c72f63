import type { FleetSource } from '../../fleet/directors/fleet-director.ts';
import { type InputEvent, type KeyEvent, keyChord, type MouseEvent } from '../../terminal/keys.ts';
import { columnAtCell } from '../kit/fitted-columns.ts';
import { keyAt } from '../kit/key-at.ts';
import { keyLabel } from '../kit/key-label.ts';
import type { Message } from '../state/screen-state.ts';
import { toggled } from '../state/screen-state.ts';
import { fleetCommandOfKey, moveBy, sortFleetBy } from './fleet-commands.ts';
import type { FleetDesk } from './fleet-desk.ts';
import { fleetTitleHeight, foldCells, placeFleetColumns } from './fleet-painter.ts';
import type { FleetRow } from './fleet-row.ts';
import { changedFleet, type FleetState, rowUnderCursor, scrolledFleet } from './fleet-state.ts';

/** What a controller of several directors works with. */
export interface FleetControllerOptions extends Pick<FleetDesk, 'redraw' | 'suspend' | 'quit' | 'enter'> {
  readonly source: FleetSource;
  /** Text of the filter to begin with. */
  readonly filter: string;
  /** Id of the column to sort by at first; `null` for the names. */
  readonly sortColumn: string | null;
  /** Milliseconds since the epoch; this machine's own where it is left out. */
  readonly now?: () => number;
}

/** Rows that a turn of the mouse wheel moves by. */
const wheelRows = 3;

/** Holds the state of the screen of several directors, takes keys and news, and does what commands ask for. */
export class FleetController implements FleetDesk {
  readonly redraw: () => void;
  readonly suspend: () => void;
  readonly quit: () => void;
  readonly #options: FleetControllerOptions;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #state: FleetState;
  #area = { y: 2, height: 20, width: 80 };
  #lineText: (y: number) => string = () => '';

  constructor(options: FleetControllerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.redraw = options.redraw;
    this.suspend = options.suspend;
    this.quit = options.quit;
    const { source, filter, sortColumn } = options;
    this.#state = changedFleet(
      {
        title: source.title,
        problem: source.problem,
        interval: source.interval,
        now: this.#now(),
        directors: [],
        rows: [],
        cursorKey: undefined,
        top: 0,
        opened: new Set(),
        filter,
        sortColumn,
        reverse: false,
        frozen: false,
        typed: null,
        message: null,
        page: null,
      },
      { directors: source.directors },
    );
  }

  readonly getState = (): FleetState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  update(change: Partial<FleetState>): void {
    this.#state = scrolledFleet(changedFleet(this.#state, change), this.pageHeight);
    this.#options.source.opened = this.#state.opened;
    for (const listener of this.#listeners) listener();
  }

  say(kind: Message['kind'], text: string): void {
    this.update({ message: { kind, text } });
  }

  get pageHeight(): number {
    return Math.max(1, this.#area.height - fleetTitleHeight);
  }

  get tableWidth(): number {
    return this.#area.width;
  }

  /** Tells where the table's rectangle is; scrolls when that leaves the cursor out of sight. */
  setTableArea(area: { readonly y: number; readonly height: number; readonly width: number }): void {
    this.#area = area;
    this.#state = scrolledFleet(this.#state, this.pageHeight);
  }

  /** Takes what gives the text of a screen row, so that keys shown there can be clicked. */
  setLineText(lineText: (y: number) => string): void {
    this.#lineText = lineText;
  }

  /** Shows what the source knows now; does nothing while frozen. */
  readonly takeNews = (): void => {
    if (this.#state.frozen) return;
    const { directors, problem, title, interval } = this.#options.source;
    this.update({ directors, problem, title, interval, now: this.#now() });
  };

  setFrozen(frozen: boolean): void {
    this.update({ frozen });
    this.takeNews();
  }

  enter(row: FleetRow): void {
    this.#options.enter(row);
  }

  /** Takes what comes from the terminal. */
  readonly onInput = (event: InputEvent): void => {
    if (event.type === 'key') this.#onKey(event);
    else if (event.type === 'paste') this.#state.typed?.onPaste(event.text);
    else this.#onMouse(event);
    // The line is drawn again with what was typed.
    if (this.#state.typed !== null) this.update({});
  };

  #onKey(key: KeyEvent): void {
    const { typed, page } = this.#state;
    const isInterrupt = key.ctrl && key.name === 'c';
    if (typed !== null) {
      if (key.name !== 'enter' && key.name !== 'escape' && !isInterrupt) {
        typed.onKey(key);
        return;
      }
      this.update({ typed: null });
      if (key.name === 'enter') typed.onEnter?.();
      else typed.onEscape?.();
    } else if (page === null || !this.#onPageKey(key, isInterrupt)) this.#onCommandKey(key);
  }

  /**
   * A page takes all keys but Enter, Ctrl-L and Ctrl-Z, which are commands; Enter opens the screen of the director
   * under the cursor.
   */
  #onPageKey(key: KeyEvent, isInterrupt: boolean): boolean {
    const { page } = this.#state;
    if (page?.window.onKey(key) === true) this.update({});
    else if (['escape', 'q', '?', 'f1', '!'].includes(key.name) || isInterrupt) this.update({ page: null });
    else if (key.name !== 'enter') return keyChord(key) !== 'ctrl+l' && keyChord(key) !== 'ctrl+z';
    else return false;
    return true;
  }

  #onCommandKey(key: KeyEvent): void {
    const chord = keyChord(key);
    const command = fleetCommandOfKey(chord);
    if (this.#state.message !== null) this.update({ message: null });
    if (command !== undefined) command.run(this);
    else if (key.name !== 'escape')
      this.say('hint', `${keyLabel(chord)} means nothing here; ? shows all keys`);
  }

  #onMouse({ action, button, x, y }: MouseEvent): void {
    const by = action === 'scroll-up' ? -wheelRows : action === 'scroll-down' ? wheelRows : 0;
    const { page } = this.#state;
    if (by !== 0) {
      if (page === null) moveBy(this, by);
      else page.window.moveBy(by);
      this.update({});
    } else if (action === 'press' && button === 'left') this.#click(x, y);
  }

  #click(x: number, y: number): void {
    const { page, rows, top, opened } = this.#state;
    const line = y - this.#area.y;
    if (line >= this.#area.height) {
      const key = keyAt(this.#lineText(y), x);
      if (key !== undefined) this.#onKey(key);
    } else if (line < 0 || page !== null) return;
    else if (line < fleetTitleHeight) {
      const column = columnAtCell(placeFleetColumns(this.#state, this.#area.width), x);
      if (column !== undefined) this.update(sortFleetBy(this.#state, column.id));
    } else {
      const row = rows[top + line - fleetTitleHeight];
      if (row === undefined) return;
      const isSelected = rowUnderCursor(this.#state)?.key === row.key;
      const turns = row.kind === 'director' && (x < foldCells || isSelected);
      this.update({ cursorKey: row.key, ...(turns && { opened: toggled(opened, row.key) }) });
    }
  }
}
