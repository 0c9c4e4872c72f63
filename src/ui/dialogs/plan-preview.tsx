import { Box } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import type { Preview } from '../state/preview.ts';
import { previewLines } from './preview-lines.ts';
import { useAnswers } from './use-answers.ts';
import { useForesight } from './use-foresight.ts';

/** No dialog has room for more warnings, and each costs its layout: a table of thousands of services can raise as many. */
const mostWarnings = 8;

interface PlanPreviewProps {
  readonly preview: Preview | undefined;
  /** ipvsadm lines that are shown at most. */
  readonly limit: number;
  /** Cells that there are for what is foretold; left out where there is no room for it. */
  readonly width?: number;
}

/** What an edit would do, below what it is made of: the ipvsadm lines, some warnings, and what is foretold once it is. */
export function PlanPreview({ preview, limit, width }: PlanPreviewProps) {
  const answers = useAnswers(preview);
  const foresight = useForesight(preview, width);
  const lines = [
    ...previewLines(preview, { commands: limit, warnings: mostWarnings }, answers),
    ...foresight,
  ];
  return (
    <Box flexDirection="column">
      {lines.map(({ text, role }) => (
        <Styled key={text} as={role} wrap="wrap">
          {text}
        </Styled>
      ))}
    </Box>
  );
}
