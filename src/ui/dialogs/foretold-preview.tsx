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
  /** Rows for all of it. `told` takes what it needs, the forecast has the rest. */
  readonly height: number;
}

/** What an edit would do, and below that the forecast once there is one. */
export function ForetoldPreview({ preview, told, width, height }: ForetoldPreviewProps) {
  const foresight = useForesight(preview, { width, height: height - partsHeight(told, width) });
  return <MarkedTexts parts={[...told, ...foresight]} />;
}

/**
 * Gives the rows that `parts` take in `width` cells, but never fewer than former ones took: a dialog shall not move about
 * while somebody goes over a list, or types.
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

/** Lines of a list of `count` that are in sight where it shares `rows` with a forecast of `foretold` rows. */
export function listHeight(count: number, rows: number, foretold: number): number {
  const isForetold = rows >= leastListed + leastForesight;
  return Math.min(count, Math.max(1, isForetold ? Math.max(leastListed, rows - foretold) : rows));
}
