import type { Grid } from '../../terminal/grid.ts';
import { Screen, type TerminalOutput } from '../../terminal/screen.ts';
import { fitToWidth, truncateToWidth } from '../../terminal/width.ts';
import { barOf, messageLines, typedLine } from '../frame/bottom-line.ts';
import { paintPlace } from '../frame/place.ts';
import { keyParts } from '../kit/key-parts.ts';
import { emptyLine, fittedLine, type Line, paintLines, textLine } from '../kit/page.ts';
import type { Theme } from '../kit/theme.ts';
import type { Look } from '../state/screen-settings.ts';
import { fleetCommands } from './fleet-commands.ts';
import type { FleetController } from './fleet-controller.ts';
import { fleetHeader } from './fleet-header.ts';
import { fleetTitleHeight, paintFleetTable } from './fleet-painter.ts';
import { type FleetState, rowUnderCursor } from './fleet-state.ts';

/** What the screen of several directors needs. */
export interface FleetScreenOptions {
  readonly controller: FleetController;
  readonly output: TerminalOutput;
  readonly look: Look;
  readonly theme: Theme;
  /** Called when the terminal is gone. */
  readonly onLost: (error: Error) => void;
}

/** The screen on a terminal. */
export interface FleetScreen {
  readonly screen: Screen;
  setTheme(theme: Theme): void;
  /** Ends drawing; the terminal is left as it is. */
  close(): void;
}

/** Puts the directors and what stands around them on the screen, and draws each change of the state. */
export function openFleetScreen(options: FleetScreenOptions): FleetScreen {
  const { controller, output, look, onLost } = options;
  let { theme } = options;
  let scheduled: NodeJS.Immediate | undefined;
  let isClosed = false;
  const screen = new Screen({ output, ...look, onLost, onResize: schedule });
  const unsubscribe = controller.subscribe(schedule);
  controller.setLineText((y) => screen.lineText(y));
  schedule();

  function schedule(): void {
    if (isClosed) return;
    scheduled ??= setImmediate(() => {
      scheduled = undefined;
      screen.draw(paint);
    });
  }

  function paint(grid: Grid): void {
    const { width, height } = grid;
    const header = fleetHeader(controller.getState(), width);
    const footer = footerOf(controller.getState(), width);
    const y = Math.min(header.length, Math.max(0, height - 3));
    const below = Math.max(y, height - footer.length);
    const area = { x: 0, y, width, height: below - y };
    controller.setTableArea(area);
    const state = controller.getState();
    paintLines(grid, header.slice(0, y), theme);
    if (area.height > 0) {
      const canvas = grid.view(area);
      if (state.page !== null) {
        const lines = state.page.window.fit(state.page.lines(state, width), area.height - 1);
        const rest = state.page.window.below;
        const title = `${state.page.title(state)}${rest > 0 ? `   ↓ ${rest} more lines` : ''}`;
        canvas.write(0, 0, fitToWidth(truncateToWidth(title, width), width), theme.roles.columnTitle);
        paintLines(grid.view({ ...area, y: y + 1, height: area.height - 1 }), lines, theme);
      } else {
        paintFleetTable(canvas, state, theme);
        emptyText(state).forEach((line, index) => {
          canvas.write(2, 2 + index, truncateToWidth(line, width - 2), theme.roles.dim);
        });
      }
    }
    paintLines(grid.view({ x: 0, y: below, width, height: height - below }), footer, theme);
    if (state.page === null && below < height)
      paintPlace(grid, [below], placeText(state, area.height - fleetTitleHeight), theme);
    if (theme.grounded !== null) grid.restyle({ x: 0, y: 0, width, height }, theme.grounded);
  }

  return {
    screen,
    setTheme(next) {
      theme = next;
      schedule();
    },
    close() {
      isClosed = true;
      unsubscribe();
      if (scheduled !== undefined) clearImmediate(scheduled);
      screen.close();
    },
  };
}

/** The lines below the table: what is typed, said or to be kept in mind, and the keys. */
function footerOf(state: FleetState, width: number): Line[] {
  const keys =
    state.page === null
      ? fittedLine(barOf(fleetCommands, width), width)
      : fittedLine(keyParts('Esc back  ↑ ↓ scroll  Enter its screen'), width);
  return [...statusOf(state, width), keys];
}

function statusOf(state: FleetState, width: number): Line[] {
  if (state.typed !== null) return [typedLine(state.typed, width)];
  if (state.message !== null) return messageLines(state.message, width);
  const director = rowUnderCursor(state)?.director;
  const notes = [
    ...(state.filter === '' ? [] : [`filter "${state.filter}" (\\ clears)`]),
    ...(state.frozen ? ['frozen (p goes on)'] : []),
  ];
  if (notes.length > 0) return [textLine(truncateToWidth(notes.join('   '), width))];
  if (director?.contact.kind === 'silent' && state.page === null)
    return [textLine(truncateToWidth(`${director.name}: ${director.contact.reason}`, width), 'error')];
  return [emptyLine];
}

function emptyText({ rows, directors, problem }: FleetState): readonly string[] {
  if (rows.length > 0) return [];
  if (directors.length > 0) return ['No row holds what the filter asks for; \\ clears it.'];
  return problem === null ? ['Asking for directors …'] : [];
}

function placeText({ rows, top }: FleetState, height: number): string {
  return rows.length <= height ? '' : `${top + 1}–${Math.min(rows.length, top + height)} of ${rows.length}`;
}
