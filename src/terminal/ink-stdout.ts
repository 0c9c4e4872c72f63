import { EventEmitter } from 'node:events';
import chalk from 'chalk';
import type { RenderOptions } from 'ink';
import { Grid } from './grid.ts';
import { FrameParser } from './parse.ts';

/** What an Ink surface is made of. */
export interface InkSurfaceOptions {
  /** Size in cells, at least 1 each. */
  readonly columns: number;
  readonly rows: number;
  /**
   * Called after Ink drew a frame that differs from the last; `grid` shows it. It is called within React's commit, so it
   * may only note that.
   */
  readonly onFrame: (grid: Grid) => void;
}

/** Where Ink draws instead of on the terminal. */
export interface InkSurface {
  /** What Ink drew last; the same object for the surface's life. */
  readonly grid: Grid;
  /** For Ink's `render`: our streams, whole frames, and nothing of the process touched. */
  readonly renderOptions: RenderOptions;
  /** Changes the size; Ink lays out and draws again at once. */
  resize(columns: number, rows: number): void;
}

/**
 * Makes a surface for Ink: `render(<App />, surface.renderOptions)`.
 *
 * Ink's debug mode is the one in which each write is one whole frame, without cursor movement and
 * erasing, and in which a frame is drawn in the commit that caused it, not up to 33 ms later. The
 * output streams say that they are no terminals, so Ink neither hides the cursor nor arms its restoring at exit.
 * Keys never come through Ink: `useInput` may be called and stays silent.
 */
export function createInkSurface(options: InkSurfaceOptions): InkSurface {
  // Ink's colours are chalk's, who judges by the process's stdout; here they go into a grid, and what
  // the terminal can show is decided when that is written.
  chalk.level = 3;
  const grid = new Grid(options.columns, options.rows);
  const parser = new FrameParser(grid);
  let lastFrame: string | undefined;
  let isResizing = false;
  let resizedFrame: string | undefined;
  const show = (frame: string): void => {
    if (frame === lastFrame) return;
    lastFrame = frame;
    parser.paint(frame);
    options.onFrame(grid);
  };
  const stdout = new FrameStream(options.columns, options.rows, (frame) => {
    if (isResizing) resizedFrame = frame;
    else show(frame);
  });
  const silent = new FrameStream(options.columns, options.rows, () => undefined);
  return {
    grid,
    renderOptions: {
      // Ink asks of its streams no more than these stand-ins have.
      stdout: stdout as unknown as NodeJS.WriteStream,
      stderr: silent as unknown as NodeJS.WriteStream,
      stdin: new SilentInput() as unknown as NodeJS.ReadStream,
      debug: true,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
      incrementalRendering: false,
      alternateScreen: false,
      isScreenReaderEnabled: false,
    },
    resize(columns, rows) {
      if (columns === stdout.columns && rows === stdout.rows) return;
      stdout.columns = columns;
      stdout.rows = rows;
      grid.resize(columns, rows);
      lastFrame = undefined;
      resizedFrame = undefined;
      // Made narrower, Ink first erases what it believes to be on the screen, with an empty write that
      // looks like an empty frame: of what it writes meanwhile only the last is the new picture.
      isResizing = true;
      try {
        stdout.emit('resize');
      } finally {
        isResizing = false;
      }
      show(resizedFrame ?? '');
    },
  };
}

/** The part of a writable terminal stream that Ink uses; each write is a frame. */
class FrameStream extends EventEmitter {
  readonly isTTY = false;
  readonly writable = true;
  readonly destroyed = false;
  readonly writableEnded = false;
  columns: number;
  rows: number;
  readonly #onFrame: (frame: string) => void;

  constructor(columns: number, rows: number, onFrame: (frame: string) => void) {
    super();
    // Every component that asks for the size listens.
    this.setMaxListeners(0);
    this.columns = columns;
    this.rows = rows;
    this.#onFrame = onFrame;
  }

  write(frame: string, callback?: () => void): boolean {
    // An empty write with a callback is Ink's way to wait for the ones before.
    if (callback === undefined || frame !== '') this.#onFrame(frame);
    callback?.();
    return true;
  }
}

/** A terminal's input that never says anything. */
class SilentInput extends EventEmitter {
  readonly isTTY = true;

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  setRawMode(): this {
    return this;
  }

  setEncoding(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  read(): null {
    return null;
  }
}
