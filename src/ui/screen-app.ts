import { count } from '../changes/steps/describe.ts';
import { visible } from '../ipvs/visible.ts';
import type { Grid, Rectangle } from '../terminal/grid.ts';
import { Screen, type TerminalOutput } from '../terminal/screen.ts';
import { commandsWith } from './commands.ts';
import type { Controller } from './controller.ts';
import type { DialogLayer } from './dialog-layer.tsx';
import { framedHeight } from './frame/header-frame.ts';
import { paintPlace, placeText } from './frame/place.ts';
import { layoutScreen } from './frame/screen-layout.ts';
import { loadInk } from './kit/ink.ts';
import { paintLines } from './kit/page.ts';
import type { Theme } from './kit/theme.ts';
import { paintBelowTable } from './panes/below-table.ts';
import { DetailBesideTable } from './panes/detail/detail-beside-table.ts';
import { momentOf } from './state/age.ts';
import { type AutomaticLook, type Background, type Look, lookOf, themeOf } from './state/screen-settings.ts';
import { accessOf, isProbing } from './state/screen-state.ts';
import { paintTable, titleHeight } from './table/table-painter.ts';

/** What the app needs. */
export interface ScreenAppOptions {
  readonly controller: Controller;
  readonly output: TerminalOutput;
  /** How to draw where the settings say `auto`. */
  readonly automaticLook: AutomaticLook;
  /** Asks the terminal for its background, where the theme depends on it; nothing is asked where this is left out. */
  readonly askBackground?: () => void;
  /** Called when the terminal is gone. */
  readonly onLost: (error: Error) => void;
}

/** The running app on a terminal. */
export interface ScreenApp {
  readonly screen: Screen;
  /** Resolves when dialogs can be drawn: some time after the first reading was, or a dialog was opened. */
  readonly dialogsReady: Promise<void>;
  /** Takes over the terminal's background, or that the terminal has not told it. */
  setBackground(background: Background): void;
  /** Ends drawing; the terminal is left as it is. */
  close(): void;
}

/**
 * Puts the table and what stands around it on the screen, and Ink's dialogs above. Each change of the state draws one
 * frame, after React has had its turn, so that all on it belongs to the same view. Ink is loaded once the first frame
 * with data or with an open dialog is out; a dialog that was opened before appears then.
 */
export function startScreenApp(options: ScreenAppOptions): ScreenApp {
  const { controller, output, onLost } = options;
  let { automaticLook } = options;
  let look = lookOf(controller.getState(), automaticLook);
  let theme = themeOf(controller.getState(), automaticLook);
  let themeFrom = controller.getState();
  let dialogs: DialogLayer | undefined;
  let isLoading = false;
  let closed = false;
  let scheduled: NodeJS.Immediate | undefined;
  const dialogsReady = Promise.withResolvers<void>();

  const beside = new DetailBesideTable(controller);

  const screen = new Screen({
    output,
    ...look,
    onLost,
    onResize(columns, rows) {
      dialogs?.resize(columns, rows);
      schedule();
    },
  });
  const unsubscribe = controller.subscribe(schedule);
  controller.setSurface({ lineText: (y) => screen.lineText(y), dialogParts: () => dialogs?.parts() });
  schedule();

  function schedule(): void {
    if (closed) return;
    scheduled ??= setImmediate(() => {
      scheduled = undefined;
      followLook();
      screen.draw(paint);
      const { view, dialog } = controller.getState();
      if (!isLoading && (view !== null || dialog !== null)) void loadDialogs();
    });
  }

  async function loadDialogs(): Promise<void> {
    isLoading = true;
    // The frame has to be written first, since loading blocks the event loop.
    await screen.settled();
    const [{ createDialogLayer }] = await Promise.all([import('./dialog-layer.tsx'), loadInk()]);
    if (!closed)
      dialogs = createDialogLayer(
        controller,
        { columns: screen.columns, rows: screen.rows, theme },
        schedule,
      );
    dialogsReady.resolve();
  }

  /** Takes over colours and characters that the settings have changed since the last frame. */
  function followLook(): void {
    const state = controller.getState();
    const wanted = lookOf(state, automaticLook);
    if (state.theme === 'auto' && isDeep(wanted)) options.askBackground?.();
    if (wanted.colorDepth !== look.colorDepth || wanted.ascii !== look.ascii) {
      look = wanted;
      screen.setLook(look);
    }
    const isSameTheme = (['color', 'theme', 'colors'] as const).every(
      (name) => state[name] === themeFrom[name],
    );
    themeFrom = state;
    if (!isSameTheme) setTheme(themeOf(state, automaticLook));
  }

  function setTheme(next: Theme): void {
    theme = next;
    dialogs?.setTheme(next);
  }

  function paint(grid: Grid): void {
    const { width, height } = grid;
    const { header, table, detail, whole, footer } = layoutScreen(
      controller.getState(),
      commandsWith(controller.getState().keys),
      width,
      height,
    );
    // May scroll, so that the cursor stays in sight.
    controller.setTableArea(table, whole);
    const state = controller.getState();
    paintLines(grid, header, theme);
    if (table.height > 0) {
      const canvas = grid.view(table);
      if (state.pane === null) {
        paintTable(canvas, {
          ...state,
          time: momentOf(state),
          past: controller,
          access: accessOf(state),
          isProbing: isProbing(state),
          theme,
          emptyText: emptyText(state),
        });
      } else {
        state.pane.paint(canvas, theme);
      }
    }
    if (detail !== null) {
      const isBeside = detail.y === table.y;
      beside.paint(grid.view(detail), theme, isBeside);
      if (isBeside) paintBelowTable(grid.view(table), state, theme);
    }
    const below = whole.y + whole.height;
    paintLines(grid.view({ x: 0, y: below, width, height: footer.length }), footer, theme);
    if (state.pane === null) {
      const shown = table.height - titleHeight;
      // The lower edge of the header's frame, else the line above the keys.
      const candidates = header.length >= framedHeight ? [framedHeight - 1] : [];
      const place = placeText(state.rows, state.top, shown, state.flat);
      paintPlace(grid, [...candidates, below + footer.length - 2], place, theme);
    }
    const dialog = state.dialog === null ? undefined : dialogs?.area();
    if (dialogs !== undefined && dialog !== undefined) {
      grid.restyle({ x: 0, y: 0, width, height }, theme.shaded);
      // The dialog's area shows the sheet, blanks included.
      grid.copy(dialogs.sheet, withMargin(dialog), dialog.x - 1, dialog.y);
      const cut = dialogs.cutLine();
      if (cut !== undefined) grid.writeField(cut.x, cut.y, cut.width, cutSign, 'right', theme.roles.warning);
    }
    if (theme.grounded !== null) grid.restyle({ x: 0, y: 0, width, height }, theme.grounded);
  }

  return {
    screen,
    dialogsReady: dialogsReady.promise,
    setBackground(background) {
      automaticLook = { ...automaticLook, background };
      setTheme(themeOf(controller.getState(), automaticLook));
      schedule();
    },
    close() {
      closed = true;
      clearImmediate(scheduled);
      unsubscribe();
      dialogs?.close();
      screen.close();
    },
  };
}

/** Whether a theme is drawn in colours that depend on the background. */
function isDeep({ colorDepth }: Look): boolean {
  return colorDepth === '256' || colorDepth === 'true';
}

/** At the end of a dialog that the screen is too low for. */
const cutSign = ' … cut: a higher screen shows more';

/** A blank cell on either side keeps the table's numbers off the dialog's frame. */
function withMargin({ x, y, width, height }: Rectangle): Rectangle {
  return { x: x - 1, y, width: width + 2, height };
}

/** What to say where there are no rows. */
function emptyText({ view, filter, readOnly, elsewhere }: ReturnType<Controller['getState']>): string[] {
  if (view === null) return [];
  if (filter !== '' && view.services.length > 0)
    return [`Nothing holds "${filter}".`, 'Press \\ to show everything.'];
  if (view.director.state.kind === 'lost') return ['Nothing could be read yet.'];
  return [
    'There is no virtual service yet.',
    ...(readOnly === null ? ['Press a to add one.'] : []),
    ...elsewhere.map(
      ({ word, services, keepers }) =>
        `${count(services, 'service')} in another network namespace${keptBy(keepers)}: lvstop --netns ${visible(word)}`,
    ),
    ...(elsewhere.length > 0 ? ['Press O to go there.'] : []),
  ];
}

function keptBy(keepers: readonly { readonly name: string }[]): string {
  return keepers.length === 0 ? '' : ` (${keepers.map(({ name }) => visible(name)).join(', ')})`;
}
