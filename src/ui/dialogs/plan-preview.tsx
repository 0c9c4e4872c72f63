import type { Part } from '../kit/page.ts';
import type { Preview } from '../state/preview.ts';
import { MarkedTexts } from './marked-text.tsx';
import { previewLines } from './preview-lines.ts';
import { useAnswers } from './use-answers.ts';

/** No dialog has room for more warnings, and each costs its layout: a table of thousands of services can raise as many. */
const mostWarnings = 8;

interface PlanPreviewProps {
  readonly preview: Preview | undefined;
  /** ipvsadm lines that are shown at most. */
  readonly limit: number;
}

/** What an edit would do, below what it is made of. */
export function PlanPreview({ preview, limit }: PlanPreviewProps) {
  return <MarkedTexts parts={usePlanLines(preview, limit)} />;
}

/** What an edit would do: at most `limit` ipvsadm lines, whether real servers answer, and some warnings. */
export function usePlanLines(preview: Preview | undefined, limit: number): readonly Part[] {
  const answers = useAnswers(preview);
  return previewLines(preview, { commands: limit, warnings: mostWarnings }, answers);
}
