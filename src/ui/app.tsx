import { Box, type DOMElement, Text } from 'ink';
import { type RefObject, useSyncExternalStore } from 'react';
import type { Controller } from './controller.ts';
import type { Dialog } from './dialog.ts';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';

/** Boxes whose places the painter of the screen has to know. */
export interface MeasuredBoxes {
  /** Reserved for the table, which is painted straight into cells. */
  readonly table: RefObject<DOMElement | null>;
  /** The open dialog, which lies above the table. */
  readonly dialog: RefObject<DOMElement | null>;
}

/** What Ink draws of the screen: everything but the table's rows. */
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
  const state = useSyncExternalStore(controller.subscribe, controller.getState);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header state={state} width={columns} />
      <Box ref={boxes.table} flexGrow={1} flexShrink={1} />
      <Footer state={state} filterField={controller.filterField} width={columns} />
      {state.dialog !== null && (
        <DialogBox dialog={state.dialog} box={boxes.dialog} columns={columns} rows={rows} />
      )}
    </Box>
  );
}

/** Cells that a dialog's border and padding take from its width, and its border, title and keys from its height. */
const frameWidth = 4;
const frameHeight = 4;

function DialogBox({
  dialog,
  box,
  columns,
  rows,
}: {
  dialog: Dialog;
  box: RefObject<DOMElement | null>;
  columns: number;
  rows: number;
}) {
  const width = Math.min(dialog.width + frameWidth, columns);
  const height = rows - 2;
  return (
    <Box
      ref={box}
      position="absolute"
      left={Math.floor((columns - width) / 2)}
      top={Math.min(3, Math.max(0, rows - 12))}
      width={width}
      maxHeight={height}
      flexDirection="column"
      borderStyle="round"
      paddingX={1}
      overflow="hidden"
    >
      <Text bold wrap="truncate">
        {dialog.title}
      </Text>
      <Box flexDirection="column" flexShrink={1} overflow="hidden">
        {dialog.render(width - frameWidth, Math.max(1, height - frameHeight))}
      </Box>
      <Text dimColor wrap="truncate">
        {dialog.keys}
      </Text>
    </Box>
  );
}
