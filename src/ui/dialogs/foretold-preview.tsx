import { useState } from 'react';
import type { Part } from '../kit/page.ts';
import type { Preview } from '../state/preview.ts';
import { leastForesight } from './foresight-lines.ts';
import { MarkedTexts, partsHeight } from './marked-text.tsx';
import { useForesight } from './use-foresight.ts';

/** ipvsadm lines that are shown where an edit is put together; more are counted. */
export const mostCommands = 4;
/** Lines of a list that are to be in sight beside what has to be read. */
export const leastListed = 3;

interface ForetoldPreviewProps {
  readonly preview: Preview | undefined;
  /** What has to be read. */
  readonly told: readonly Part[];
  readonly width: number;
  /** Rows that there are for all of it. What has to be read takes what it needs; what is foretold has the rest. */
  readonly height: number;
}

/** What an edit would do, and below that what is foretold of it, once it is. */
export function ForetoldPreview({ preview, told, width, height }: ForetoldPreviewProps) {
  const foresight = useForesight(preview, { width, height: height - partsHeight(told, width) });
  return <MarkedTexts parts={[...told, ...foresight]} />;
}

/**
 * The rows that sentences take in so many cells, or that others took there before: the dialog shall not move about while
 * somebody goes over a list, or types.
 */
export function useGreatestHeight(parts: readonly Part[]): (width: number) => number {
  const [greatest] = useState({ width: 0, height: 0 });
  return (width) => {
    const before = greatest.width === width ? greatest.height : 0;
    greatest.width = width;
    greatest.height = Math.max(before, partsHeight(parts, width));
    return greatest.height;
  };
}

/** Lines of a list of so many that are to be in sight where it and what is foretold, in `foretold` rows, share so many. */
export function listHeight(count: number, rows: number, foretold: number): number {
  const isForetold = rows >= leastListed + leastForesight;
  return Math.min(count, Math.max(1, isForetold ? Math.max(leastListed, rows - foretold) : rows));
}
