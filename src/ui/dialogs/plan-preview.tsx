import { Box } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import type { Preview } from '../state/preview.ts';
import { previewLines } from './preview-lines.ts';
import { useAnswers } from './use-answers.ts';

/** No dialog has room for more warnings, and each costs its layout: a table of thousands of services can raise as many. */
const mostWarnings = 8;

/** What an edit would do, below what it is made of: `limit` ipvsadm lines and some warnings at most. */
export function PlanPreview({ preview, limit }: { preview: Preview | undefined; limit: number }) {
  const answers = useAnswers(preview);
  const lines = previewLines(preview, { commands: limit, warnings: mostWarnings }, answers);
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
