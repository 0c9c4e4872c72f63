import { Box, type DOMElement, measureElement, render, Text } from 'ink';
import { createRef, type RefObject, useSyncExternalStore } from 'react';
import type { Grid, Rectangle } from '../terminal/grid.ts';
import { createInkSurface } from '../terminal/ink-stdout.ts';
import { commands } from './commands.ts';
import type { Controller } from './controller.ts';
import { layoutScreen } from './frame/screen-layout.ts';
import { type Dialog, frameHeight, frameWidth } from './state/dialog.ts';
import type { ScreenState } from './state/screen-state.ts';
import { titleHeight } from './table/table-painter.ts';

/** What Ink draws: the open dialog, on a sheet of the screen's size that lies above the rest. */
export interface DialogLayer {
  readonly sheet: Grid;
  /** The open dialog's place on the sheet; `undefined` while none is drawn. */
  area(): Rectangle | undefined;
  /** The last line that there is room for, where the dialog has more to show; `undefined` where all is shown. */
  cutLine(): Rectangle | undefined;
  resize(columns: number, rows: number): void;
  close(): void;
}

/** Has Ink draw dialogs from now on; `onFrame` is called after each drawing, from within React. `loadInk` must be done. */
export function createDialogLayer(
  controller: Controller,
  columns: number,
  rows: number,
  onFrame: () => void,
): DialogLayer {
  const boxes: DialogBoxes = { frame: createRef(), room: createRef(), content: createRef() };
  const sheet = (width: number, height: number) => (
    <DialogSheet controller={controller} boxes={boxes} columns={width} rows={height} />
  );
  const surface = createInkSurface({ columns, rows, onFrame });
  const ink = render(sheet(columns, rows), surface.renderOptions);
  return {
    sheet: surface.grid,
    area() {
      return areaOf(boxes.frame);
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
    close: () => ink.unmount(),
  };
}

/** The parts of a dialog whose places have to be known: all of it, what there is room for, and what it has to show. */
type DialogBoxes = Readonly<Record<'frame' | 'room' | 'content', RefObject<DOMElement | null>>>;

function areaOf({ current }: RefObject<DOMElement | null>): Rectangle | undefined {
  if (current === null) return undefined;
  const { x, y, width, height } = measureElement(current);
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

function DialogSheet({
  controller,
  boxes,
  columns,
  rows,
}: {
  controller: Controller;
  boxes: DialogBoxes;
  columns: number;
  rows: number;
}) {
  const state = useDialogState(controller);
  return (
    <Box width={columns} height={rows}>
      {state !== null && state.dialog !== null && (
        <DialogBox
          dialog={state.dialog}
          boxes={boxes}
          columns={columns}
          rows={rows}
          keptY={keptRow(state, layoutScreen(state, controller.filterField, commands, columns, rows).table)}
        />
      )}
    </Box>
  );
}

/** Screen row that the open dialog leaves in sight: the one under the cursor, the first below the titles, or a pane's title. */
function keptRow(state: ScreenState, table: Rectangle): number {
  if (state.dialog?.isAboutTable === true) return table.y + titleHeight;
  if (state.pane !== null) return table.y;
  const index = state.rows.indexOf(state.cursorKey);
  return table.y + titleHeight + Math.max(0, index - state.top);
}

/** On lower screens a dialog that needs it takes every row. */
const lowestWithMargin = 12;

function DialogBox({
  dialog,
  boxes,
  columns,
  rows,
  keptY,
}: {
  dialog: Dialog;
  boxes: DialogBoxes;
  columns: number;
  rows: number;
  keptY: number;
}) {
  const width = Math.min(dialog.width + frameWidth, columns);
  const { top, bottom } = placeDialog(dialog.height, keptY, rows);
  const height = rows - top - bottom;
  // On a narrow screen the keys take more than one line: among them is the way out.
  const moreKeyLines = Math.ceil(dialog.keys.length / Math.max(1, width - frameWidth)) - 1;
  return (
    <Box
      position="absolute"
      left={Math.floor((columns - width) / 2)}
      top={top}
      width={width}
      height={height}
      flexDirection="column"
      justifyContent={bottom > top ? 'flex-end' : 'flex-start'}
    >
      <Box
        ref={boxes.frame}
        width={width}
        maxHeight={height}
        flexDirection="column"
        flexShrink={1}
        borderStyle="round"
        paddingX={1}
        overflow="hidden"
      >
        <Box flexShrink={0}>
          <Text bold wrap="truncate">
            {dialog.title}
          </Text>
        </Box>
        <Box ref={boxes.room} flexDirection="column" flexShrink={1} overflow="hidden">
          {/* What is too high is cut off at its end; shrunk, its lines would be written over each other. */}
          <Box ref={boxes.content} flexDirection="column" flexShrink={0}>
            {dialog.render(width - frameWidth, Math.max(1, height - frameHeight - moreKeyLines))}
          </Box>
        </Box>
        <Box flexShrink={0}>
          <Text dimColor wrap="wrap">
            {dialog.keys}
          </Text>
        </Box>
      </Box>
    </Box>
  );
}

/** Rows to leave free above and below a dialog, so that `keptY` stays in sight where that is possible. */
function placeDialog(height: number, keptY: number, rows: number): { top: number; bottom: number } {
  if (rows - keptY - 2 >= height) return { top: keptY + 1, bottom: 1 };
  if (keptY >= height) return { top: 0, bottom: rows - keptY };
  const margin = rows < lowestWithMargin ? 0 : 1;
  return { top: margin, bottom: margin };
}

/**
 * The state while a dialog is open, else `null`: all else is painted into cells, and Ink, whose rendering costs
 * more than all the painting, has nothing to do.
 */
export function useDialogState(controller: Controller): ScreenState | null {
  return useSyncExternalStore(controller.subscribe, () => {
    const state = controller.getState();
    return state.dialog === null ? null : state;
  });
}
