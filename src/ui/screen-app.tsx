import { type DOMElement, measureElement, render } from 'ink';
import { createRef } from 'react';
import { composite } from '../terminal/compositor.ts';
import type { Canvas, Grid, Rectangle } from '../terminal/grid.ts';
import { createInkSurface } from '../terminal/ink-stdout.ts';
import { Screen, type TerminalOutput } from '../terminal/screen.ts';
import { App, type MeasuredBoxes } from './app.tsx';
import type { Controller } from './controller.ts';
import { headerLines } from './header.ts';
import { paintLines } from './page.ts';
import { type Look, lookOf } from './screen-settings.ts';
import { paintTable } from './table-painter.ts';
import { createTheme } from './theme.ts';

/** What the app is put on. */
export interface ScreenAppOptions {
  readonly controller: Controller;
  readonly output: TerminalOutput;
  /** How to draw where the settings say `auto`. */
  readonly automaticLook: Look;
  /** Called when the terminal is gone. */
  readonly onLost: (error: Error) => void;
}

/** The running app on a terminal. */
export interface ScreenApp {
  readonly screen: Screen;
  /** Ends drawing; the terminal is left as it is. */
  close(): void;
}

/**
 * Puts Ink's part and the table together on one screen. Each change of the state draws one frame, after
 * React has had its turn, so that header and rows always belong to the same view.
 */
export function startScreenApp({ controller, output, automaticLook, onLost }: ScreenAppOptions): ScreenApp {
  let look = lookOf(controller.getState(), automaticLook);
  let theme = createTheme(look.colorDepth !== 'none');
  const boxes: MeasuredBoxes = { table: createRef<DOMElement>(), dialog: createRef<DOMElement>() };
  let closed = false;
  let scheduled: NodeJS.Immediate | undefined;

  const screen = new Screen({
    output,
    ...look,
    onLost,
    onResize(columns, rows) {
      ink.rerender(app(columns, rows));
      surface.resize(columns, rows);
      schedule();
    },
  });
  const surface = createInkSurface({ columns: screen.columns, rows: screen.rows, onFrame: schedule });
  const app = (columns: number, rows: number) => (
    <App controller={controller} boxes={boxes} columns={columns} rows={rows} />
  );
  const ink = render(app(screen.columns, screen.rows), surface.renderOptions);
  const unsubscribe = controller.subscribe(schedule);
  schedule();

  function schedule(): void {
    if (closed) return;
    scheduled ??= setImmediate(() => {
      scheduled = undefined;
      const table = rectangleOf(boxes.table.current);
      if (table !== undefined) controller.setTableArea(table);
      followLook();
      screen.draw(paint);
    });
  }

  /** Takes over colours and characters that were changed on the way. */
  function followLook(): void {
    const wanted = lookOf(controller.getState(), automaticLook);
    if (wanted.colorDepth === look.colorDepth && wanted.ascii === look.ascii) return;
    look = wanted;
    theme = createTheme(look.colorDepth !== 'none');
    screen.setLook(look);
  }

  function paint(grid: Grid): void {
    const state = controller.getState();
    const table = rectangleOf(boxes.table.current);
    const dialog = state.dialog === null ? undefined : rectangleOf(boxes.dialog.current);
    const header = headerLines(state, grid.width, grid.height);
    composite(grid, {
      base: surface.grid,
      live: [
        {
          area: { x: 0, y: 0, width: grid.width, height: header.length },
          paint: (canvas) => paintLines(canvas, header, 0, theme),
        },
        ...(table === undefined
          ? []
          : [
              {
                area: table,
                paint: (canvas: Canvas) =>
                  state.pane === null
                    ? paintTable(canvas, { ...state, theme, emptyText: emptyText(state) })
                    : state.pane.paint(canvas, theme),
              },
            ]),
      ],
      overlays: dialog && [withMargin(dialog)],
    });
  }

  return {
    screen,
    close() {
      closed = true;
      clearImmediate(scheduled);
      unsubscribe();
      ink.unmount();
      screen.close();
    },
  };
}

/** A blank cell on either side keeps the table's numbers off the dialog's frame. */
function withMargin({ x, y, width, height }: Rectangle): Rectangle {
  return { x: x - 1, y, width: width + 2, height };
}

function rectangleOf(element: DOMElement | null): Rectangle | undefined {
  if (element === null) return undefined;
  const { x, y, width, height } = measureElement(element);
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** What to say where there are no rows. */
function emptyText({ view, filter, readOnly }: ReturnType<Controller['getState']>): string[] {
  if (view === null) return [];
  if (filter !== '' && view.services.length > 0)
    return [`Nothing holds "${filter}".`, 'Press \\ to show everything.'];
  if (view.director.state.kind === 'lost') return ['Nothing could be read yet.'];
  return ['There is no virtual service yet.', ...(readOnly ? [] : ['Press a to add one.'])];
}
