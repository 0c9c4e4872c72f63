import { Box } from '../kit/ink.ts';
import type { Part } from '../kit/page.ts';
import type { Preview } from '../state/preview.ts';
import type { ForesightRoom } from './foresight-lines.ts';
import { MarkedText, markedHeight } from './marked-text.tsx';
import { previewLines } from './preview-lines.ts';
import { useAnswers } from './use-answers.ts';
import { useForesight } from './use-foresight.ts';

/** No dialog has room for more warnings, and each costs its layout: a table of thousands of services can raise as many. */
const mostWarnings = 8;

interface PlanPreviewProps {
  readonly preview: Preview | undefined;
  /** ipvsadm lines that are shown at most. */
  readonly limit: number;
  /** Cells for the forecast; left out where there is no room for it. */
  readonly width?: number;
  /** Rows for all of it; no limit where left out. */
  readonly height?: number;
}

/**
 * What an edit would do: the ipvsadm lines, whether real servers answer, some warnings, and the forecast once there is
 * one.
 */
export function PlanPreview({ preview, limit, width, height }: PlanPreviewProps) {
  const answers = useAnswers(preview);
  const told = previewLines(preview, { commands: limit, warnings: mostWarnings }, answers);
  const foresight = useForesight(preview, foresightRoom(told, width, height));
  const lines = [...told, ...foresight];
  return (
    <Box flexDirection="column">
      {lines.map(({ text, role }) => (
        <MarkedText key={text} text={text} as={role} />
      ))}
    </Box>
  );
}

/** The room that the lines above leave for the forecast. */
function foresightRoom(
  told: readonly Part[],
  width: number | undefined,
  height: number | undefined,
): ForesightRoom | undefined {
  if (width === undefined || height === undefined) return width === undefined ? undefined : { width };
  const used = told.reduce((sum, part) => sum + markedHeight(part, width), 0);
  return { width, height: height - used };
}
