import { makeAscii } from './ascii.ts';
import type { ColorDepth } from './color-depth.ts';
import { Differ } from './differ.ts';
import { Grid } from './grid.ts';

/** What a screen needs of a terminal's stream; `process.stdout` has it. */
export interface TerminalOutput {
  /** Size in cells; undefined or 0 when unknown. */
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Writes bytes; the callback comes when they left the process, or with what went wrong. */
  write(bytes: Uint8Array, callback: (error?: Error | null) => void): boolean;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** Paints a whole frame: the grid is blank, its cursor hidden. */
export type Painter = (grid: Grid) => void;

/**
 * What became of a frame: it was written; it showed nothing new; or it waits, since the terminal has
 * not taken the last one yet, or is not ours at the moment.
 */
export type DrawResult = 'written' | 'unchanged' | 'waiting';

/** How a screen draws. */
export interface ScreenOptions {
  readonly output: TerminalOutput;
  /** Colours that the terminal shows; all of them unless said otherwise. */
  readonly colorDepth?: ColorDepth | undefined;
  /** Draws with ASCII characters only. */
  readonly ascii?: boolean | undefined;
  /** Wraps frames in synchronized updates; on unless switched off. */
  readonly synchronized?: boolean | undefined;
  /** Called after the terminal's size changed, before the last picture is painted again in the new size. */
  readonly onResize?: ((columns: number, rows: number) => void) | undefined;
  /** Called when a write failed: the terminal is gone. Nothing is written any more. */
  readonly onLost?: ((error: Error) => void) | undefined;
}

/** What a screen has done since it was made. */
export interface ScreenStatistics {
  /** Frames written. */
  readonly frames: number;
  /** Frames that showed nothing new. */
  readonly unchanged: number;
  /** Frames left out because a newer one came before the terminal was ready. */
  readonly skipped: number;
  /** Bytes written. */
  readonly bytes: number;
}

const FALLBACK_COLUMNS = 80;
const FALLBACK_ROWS = 24;
/**
 * Cells that are drawn at most, from the top left; the rest of a larger terminal stays blank. Whoever is at its other
 * end says how large it is, and 65,535 by 65,535 would take gigabytes.
 */
const MAX_COLUMNS = 1000;
const MAX_ROWS = 500;

/**
 * The one that writes to the terminal: paints a frame, compares it with the last and writes the
 * difference in one piece. While the terminal has not taken a frame the following ones are not made;
 * when it has, the newest is.
 */
export class Screen {
  readonly #options: ScreenOptions;
  readonly #output: TerminalOutput;
  #differ: Differ;
  #ascii: boolean;
  #shown: Grid;
  #next: Grid;
  #isShownKnown = false;
  #isWriting = false;
  #isSuspended = false;
  #isLost = false;
  #isClosed = false;
  #last: Painter | undefined;
  #isLastWaiting = false;
  #idle: (() => void)[] = [];
  #statistics = { frames: 0, unchanged: 0, skipped: 0, bytes: 0 };

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#output = options.output;
    this.#ascii = options.ascii ?? false;
    this.#differ = new Differ({ colorDepth: options.colorDepth, synchronized: options.synchronized });
    const { columns, rows } = this.#size();
    this.#shown = new Grid(columns, rows);
    this.#next = new Grid(columns, rows);
    this.#output.on('resize', this.#onResize);
  }

  /** Columns of the terminal. */
  get columns(): number {
    return this.#next.width;
  }

  /** Rows of the terminal. */
  get rows(): number {
    return this.#next.height;
  }

  /** The text of a row as it is shown; a wide character stands for its two cells. */
  lineText(y: number): string {
    return y >= 0 && y < this.#shown.height ? this.#shown.rowText(y) : '';
  }

  /** Counts since the screen was made. */
  get statistics(): ScreenStatistics {
    return { ...this.#statistics };
  }

  /**
   * Draws a frame. `paint` is called now, or later when the terminal is not ready; then once, and only
   * if no newer frame came. It is kept to paint again after a change of size.
   */
  draw(paint: Painter): DrawResult {
    if (this.#isLastWaiting) this.#statistics.skipped += 1;
    this.#last = paint;
    this.#isLastWaiting = true;
    return this.#flush();
  }

  /** Paints the last picture again on a cleared screen: something else may have written on it. */
  redraw(): DrawResult {
    this.#isShownKnown = false;
    if (this.#last === undefined) return 'unchanged';
    this.#isLastWaiting = true;
    return this.#flush();
  }

  /** Draws with other colours or characters from the next frame on, which paints everything anew. */
  setLook({ colorDepth, ascii }: { readonly colorDepth: ColorDepth; readonly ascii: boolean }): void {
    this.#differ = new Differ({ colorDepth, synchronized: this.#options.synchronized });
    this.#ascii = ascii;
    this.#isShownKnown = false;
  }

  /** Sends what moves no cursor and changes no cell, a bell say, between two frames; not while the terminal is somebody else's. */
  send(sequence: string): void {
    if (this.#isClosed || this.#isLost || this.#isSuspended) return;
    this.#output.write(Buffer.from(sequence), (error) => {
      if (error) this.#onWritten(error);
    });
  }

  /** Stops writing while the terminal belongs to someone else; frames wait. */
  suspend(): void {
    this.#isSuspended = true;
  }

  /** The terminal is ours again: paints everything anew. */
  resume(): void {
    this.#isSuspended = false;
    this.#fitToOutput();
    this.redraw();
  }

  /** Resolves when the terminal has taken what was written, or is lost. */
  settled(): Promise<void> {
    if (!this.#isWriting) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Stops for good: no write, no listener remains. */
  close(): void {
    this.#isClosed = true;
    this.#last = undefined;
    this.#output.off('resize', this.#onResize);
  }

  #flush(): DrawResult {
    const paint = this.#last;
    if (paint === undefined || this.#isClosed || this.#isLost) return 'unchanged';
    if (this.#isWriting || this.#isSuspended) return 'waiting';
    this.#isLastWaiting = false;
    const next = this.#next;
    next.clear();
    paint(next);
    if (this.#ascii) makeAscii(next);
    const bytes = this.#differ.diff(this.#isShownKnown ? this.#shown : undefined, next);
    if (bytes.length === 0) {
      this.#statistics.unchanged += 1;
      return 'unchanged';
    }
    this.#next = this.#shown;
    this.#shown = next;
    this.#isShownKnown = true;
    this.#statistics.frames += 1;
    this.#statistics.bytes += bytes.length;
    this.#isWriting = true;
    // The differ's bytes stay as they are until the callback: no frame is made before.
    this.#output.write(bytes, this.#onWritten);
    return 'written';
  }

  readonly #onWritten = (error?: Error | null): void => {
    this.#isWriting = false;
    if (error) {
      if (!this.#isLost) {
        this.#isLost = true;
        this.#options.onLost?.(error);
      }
    } else if (this.#isLastWaiting) {
      this.#flush();
    }
    if (!this.#isWriting) for (const resolve of this.#idle.splice(0)) resolve();
  };

  readonly #onResize = (): void => {
    if (!this.#fitToOutput()) return;
    this.#options.onResize?.(this.columns, this.rows);
    if (this.#last === undefined || this.#isSuspended) return;
    this.#isLastWaiting = true;
    this.#flush();
  };

  /** Takes over the terminal's size; true when it changed. */
  #fitToOutput(): boolean {
    const { columns, rows } = this.#size();
    if (columns === this.columns && rows === this.rows) return false;
    // Terminals move or cut their content when resized, each in its way.
    this.#isShownKnown = false;
    this.#shown.resize(columns, rows);
    this.#next.resize(columns, rows);
    return true;
  }

  #size(): { columns: number; rows: number } {
    return {
      columns: Math.min(this.#output.columns || FALLBACK_COLUMNS, MAX_COLUMNS),
      rows: Math.min(this.#output.rows || FALLBACK_ROWS, MAX_ROWS),
    };
  }
}
