import { Box, type DOMElement, measureElement, Text } from 'ink';
import type { RefObject } from 'react';
import type { Controller } from './controller.ts';
import type { Dialog } from './dialog.ts';
import { Footer } from './footer.tsx';
import { headerLines } from './header.ts';
import { useInkState } from './ink-state.ts';
import type { ScreenState } from './screen-state.ts';
import { titleHeight } from './table-painter.ts';

/** Boxes whose places the painter of the screen has to know. */
export interface MeasuredBoxes {
  /** Reserved for the table, which is painted straight into cells. */
  readonly table: RefObject<DOMElement | null>;
  /** The open dialog, which lies above the table. */
  readonly dialog: RefObject<DOMElement | null>;
}

/** What Ink draws of the screen: everything but the header's lines and the table's rows, or the pane in their place. */
export function App({
  controller,
  boxes,
  columns,
  rows,
}: {
  controller: Controller;
  boxes: MeasuredBoxes;
  columns: number;
  rows: number;
}) {
  const headerHeight = (of: ScreenState) => headerLines(of, columns, rows).length;
  const state = useInkState(controller, headerHeight);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Box height={headerHeight(state)} flexShrink={0} />
      <Box ref={boxes.table} flexGrow={1} flexShrink={1} />
      <Footer state={state} filterField={controller.filterField} width={columns} />
      {state.dialog !== null && (
        <DialogBox
          dialog={state.dialog}
          box={boxes.dialog}
          columns={columns}
          rows={rows}
          keptY={keptRow(state, boxes)}
        />
      )}
    </Box>
  );
}

/** Screen row that the open dialog leaves in sight: the one under the cursor, the first below the titles, or a pane's title. */
function keptRow(state: ScreenState, boxes: MeasuredBoxes): number {
  const table = boxes.table.current === null ? 0 : measureElement(boxes.table.current).y;
  if (state.dialog?.isAboutTable === true) return table + titleHeight;
  if (state.pane !== null) return table;
  const index = state.rows.findIndex((row) => row.key === state.cursorKey);
  return table + titleHeight + Math.max(0, index - state.top);
}

/** Cells that a dialog's border and padding take from its width, and its border, title and keys from its height. */
const frameWidth = 4;
const frameHeight = 4;

function DialogBox({
  dialog,
  box,
  columns,
  rows,
  keptY,
}: {
  dialog: Dialog;
  box: RefObject<DOMElement | null>;
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
        ref={box}
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
        <Box flexDirection="column" flexShrink={1} overflow="hidden">
          {/* What is too high is cut off at its end; shrunk, its lines would be written over each other. */}
          <Box flexDirection="column" flexShrink={0}>
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
  return { top: 1, bottom: 1 };
}
