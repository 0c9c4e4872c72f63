import { type ReactNode, useContext } from 'react';
import { Box, Text } from '../kit/ink.ts';
import { keyParts } from '../kit/key-parts.ts';
import { Styled, ThemeContext } from '../kit/styled.tsx';
import { useDialogPlace } from './dialog-context.ts';

/** Cells that border and padding take from a dialog's width. */
export const frameWidth = 4;
/** Rows that border, title and keys take from its height. */
export const frameHeight = 4;

/** What stands around every dialog. */
export interface FrameProps {
  readonly title: string;
  /** Keys that it takes, shown on its last line: `Enter apply   Esc cancel`. A function is asked when all else is known. */
  readonly keys: string | (() => string);
  /** Widest that it should be, in cells without the frame; narrower on a narrow screen. */
  readonly width: number;
  /** Rows that it asks for. Where so many are free below the row that is to stay in sight, it stands there. */
  readonly height: number;
  /**
   * Gives the rows within the frame that what has to be read takes in `width` cells. Where only so many are free above or
   * below the row that is to stay in sight, the dialog makes do with them. Left out where it needs all of `height`.
   */
  readonly least?: (width: number) => number;
  /** What stands in it, `width` cells wide and at most `height` rows high. */
  readonly children: (width: number, height: number) => ReactNode;
}

/** A dialog's frame with its title and its keys. */
export function DialogFrame(props: FrameProps) {
  const { isForemost, columns, rows, keptY, boxes } = useDialogPlace();
  const { color: borderColor } = useContext(ThemeContext).looks.bits;
  if (!isForemost) return null;
  const keysNow = () => (typeof props.keys === 'string' ? props.keys : props.keys());
  const width = Math.min(props.width + frameWidth, columns);
  // On a narrow screen the keys take more than one line: among them is the way out.
  const keyLines = Math.ceil(keysNow().length / Math.max(1, width - frameWidth));
  const around = frameHeight - 1 + keyLines;
  const least = props.least === undefined ? props.height : around + props.least(width - frameWidth);
  const { top, bottom } = placeDialog(Math.max(props.height, least), least, keptY, rows);
  const height = rows - top - bottom;
  const content = props.children(width - frameWidth, Math.max(1, height - around));
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
        {...(borderColor !== undefined && { borderColor })}
        paddingX={1}
        overflow="hidden"
      >
        <Box flexShrink={0}>
          <Styled as="strong" wrap="truncate">
            {props.title}
          </Styled>
        </Box>
        <Box ref={boxes.room} flexDirection="column" flexShrink={1} overflow="hidden">
          {/* What is too high is cut off at its end; shrunk, its lines would be written over each other. */}
          <Box ref={boxes.content} flexDirection="column" flexShrink={0}>
            {content}
          </Box>
        </Box>
        <Box ref={boxes.keys} flexShrink={0}>
          <Text wrap="wrap">
            {keyParts(keysNow()).map(({ text, role }, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name than their place
              <Styled key={place} as={role}>
                {text}
              </Styled>
            ))}
          </Text>
        </Box>
      </Box>
    </Box>
  );
}

/** On lower screens a dialog that needs it takes every row. */
const lowestWithMargin = 12;

/** Rows to leave free above and below a dialog, so that `keptY` stays in sight where that is possible. */
function placeDialog(
  height: number,
  least: number,
  keptY: number,
  rows: number,
): { top: number; bottom: number } {
  const below = rows - keptY - 2;
  if (below >= (keptY > below ? height : least)) return { top: keptY + 1, bottom: 1 };
  if (keptY >= least) return { top: 0, bottom: rows - keptY };
  const margin = rows < lowestWithMargin ? 0 : 1;
  return { top: margin, bottom: margin };
}
