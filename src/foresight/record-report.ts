import { formatTime } from '../changes/undo/change-words.ts';
import { visible } from '../ipvs/visible.ts';
import { type ForetoldChange, foresightError } from './foretold-change.ts';
import { percentText } from './numbers.ts';

/** How good all forecasts were: the median error, and the error that nine of ten kept within. */
export interface RecordSummary {
  readonly compared: number;
  readonly share: { readonly median: number; readonly nineOfTen: number };
  readonly active: { readonly median: number; readonly nineOfTen: number };
}

/** Sums up all changes that were compared; `null` where none was. */
export function recordSummary(changes: readonly ForetoldChange[]): RecordSummary | null {
  const errors = changes.flatMap((change) => foresightError(change) ?? []);
  if (errors.length === 0) return null;
  const spread = (values: readonly number[]) => {
    const sorted = [...values].sort((left, right) => left - right);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return { median: at(0.5), nineOfTen: at(0.9) };
  };
  return {
    compared: errors.length,
    share: spread(errors.map(({ share }) => share)),
    active: spread(errors.map(({ active }) => active)),
  };
}

/** The record as lines of text: one for each change, and a summary. */
export function recordLines(changes: readonly ForetoldChange[]): string[] {
  const summary = recordSummary(changes);
  const rows = changes.map((change) => {
    const error = foresightError(change);
    const { seen } = change;
    const how =
      error !== null
        ? `shares off by ${percentText(error.share)} at most, active connections by ${percentText(error.active)}`
        : seen?.kind === 'not compared'
          ? `not compared: ${visible(seen.reason)}`
          : 'not compared yet';
    return `${visible(change.id)}  ${formatTime(change.time)}  ${visible(change.service)}  ${how}`;
  });
  if (summary === null) return [...rows, 'none was compared yet'];
  const { compared, share, active } = summary;
  return [
    ...rows,
    `${compared} compared: shares off by ${percentText(share.median)} (median), in nine of ten by ${percentText(share.nineOfTen)} at most; active connections by ${percentText(active.median)} and ${percentText(active.nineOfTen)}`,
  ];
}
