import { Box, type DOMElement, measureElement, render } from 'ink';
import { createRef, type RefObject, useLayoutEffect, useMemo, useSyncExternalStore } from 'react';
import type { Grid, Rectangle } from '../terminal/grid.ts';
import { createInkSurface } from '../terminal/ink-stdout.ts';
import { commandsWith } from './commands.ts';
import type { Controller } from './controller.ts';
import { type DialogBoxes, DialogContext, type DialogPlace } from './dialogs/dialog-context.ts';
import { layoutScreen } from './frame/screen-layout.ts';
import { ThemeContext } from './kit/styled.tsx';
import type { Theme } from './kit/theme.ts';
import type { Dialog } from './state/dialog.ts';
import type { ScreenState } from './state/screen-state.ts';
import type { DialogParts } from './state/surface.ts';
import { titleHeight } from './table/table-painter.ts';

/** What Ink draws: the open dialog, on a sheet of the screen's size that lies above the rest. */
export interface DialogLayer {
  readonly sheet: Grid;
  /** The open dialog's place on the sheet; `undefined` while none is drawn. */
  area(): Rectangle | undefined;
  /** Where the open dialog's keys and lines are; `undefined` while none is drawn. */
  parts(): DialogParts | undefined;
  /** The last line that there is room for, where the dialog has more to show; `undefined` where all is shown. */
  cutLine(): Rectangle | undefined;
  resize(columns: number, rows: number): void;
  /** Draws in another theme from now on. */
  setTheme(theme: Theme): void;
  close(): void;
}

/** Has Ink draw dialogs from now on; `onFrame` is called after each drawing, from within React. `loadInk` must be done. */
export function createDialogLayer(
  controller: Controller,
  {
    columns,
    rows,
    theme: firstTheme,
  }: { readonly columns: number; readonly rows: number; readonly theme: Theme },
  onFrame: () => void,
): DialogLayer {
  let theme = firstTheme;
  const boxes: DialogBoxes = {
    frame: createRef(),
    room: createRef(),
    content: createRef(),
    keys: createRef(),
  };
  const sheet = (width: number, height: number) => (
    <ThemeContext value={theme}>
      <DialogSheet controller={controller} boxes={boxes} columns={width} rows={height} />
    </ThemeContext>
  );
  const surface = createInkSurface({ columns, rows, onFrame });
  const ink = render(sheet(columns, rows), surface.renderOptions);
  return {
    sheet: surface.grid,
    area() {
      return areaOf(boxes.frame);
    },
    parts() {
      const keys = areaOf(boxes.keys);
      const room = areaOf(boxes.room);
      return keys === undefined || room === undefined ? undefined : { keys, content: room };
    },
    cutLine() {
      const room = areaOf(boxes.room);
      const content = areaOf(boxes.content);
      if (room === undefined || content === undefined || content.height <= room.height) return undefined;
      return { ...room, y: room.y + room.height - 1, height: 1 };
    },
    resize(width, height) {
      ink.rerender(sheet(width, height));
      surface.resize(width, height);
    },
    setTheme(next) {
      theme = next;
      ink.rerender(sheet(surface.grid.width, surface.grid.height));
    },
    close: () => ink.unmount(),
  };
}

function areaOf({ current }: RefObject<DOMElement | null>): Rectangle | undefined {
  if (current === null) return undefined;
  const { x, y, width, height } = measureElement(current);
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

interface SheetProps {
  readonly controller: Controller;
  readonly boxes: DialogBoxes;
  readonly columns: number;
  readonly rows: number;
}

function DialogSheet({ controller, boxes, columns, rows }: SheetProps) {
  const state = useDialogState(controller);
  const keptY =
    state === null ? 0 : keptRow(state, layoutScreen(state, commandsWith(state.keys), columns, rows).table);
  return (
    <Box width={columns} height={rows}>
      {stackOf(state?.dialog ?? null).map((dialog) => (
        <OpenDialog
          key={dialog.id}
          desk={controller}
          dialog={dialog}
          isForemost={dialog === state?.dialog}
          {...{ boxes, columns, rows, keptY }}
        />
      ))}
    </Box>
  );
}

/** The dialog and the ones behind it, which keep their state until they come to the front again. */
function stackOf(dialog: Dialog | null): Dialog[] {
  return dialog === null ? [] : [...stackOf(dialog.behind), dialog];
}

function OpenDialog({
  desk,
  dialog,
  isForemost,
  boxes,
  columns,
  rows,
  keptY,
}: DialogPlace & { desk: Controller }) {
  // The effects of all components within it have run before, so that they listen to keys by now.
  useLayoutEffect(() => desk.onDialogMounted(dialog), [desk, dialog]);
  const place = useMemo(
    () => ({ desk, dialog, isForemost, boxes, columns, rows, keptY }),
    [desk, dialog, isForemost, boxes, columns, rows, keptY],
  );
  return <DialogContext value={place}>{dialog.element}</DialogContext>;
}

/** Screen row that the open dialog leaves in sight: the one under the cursor, the first below the titles, or a pane's title. */
function keptRow(state: ScreenState, table: Rectangle): number {
  if (state.dialog?.isAboutTable === true) return table.y + titleHeight;
  if (state.pane !== null) return table.y;
  const index = state.rows.indexOf(state.cursorKey);
  return table.y + titleHeight + Math.max(0, index - state.top);
}

/**
 * The state while a dialog is open, else `null`: all else is painted into cells, and Ink, whose rendering costs
 * more than all the painting, has nothing to do.
 */
function useDialogState(controller: Controller): ScreenState | null {
  return useSyncExternalStore(controller.subscribe, () => {
    const state = controller.getState();
    return state.dialog === null ? null : state;
  });
}
