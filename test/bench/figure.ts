import { formatSpread, type Spread } from './statistics.ts';

/** What a figure should be; `of` says whether that is meant of the measured value or of its ratio. */
export interface Target {
  readonly of: 'measured' | 'ratio';
  readonly atMost: number;
}

/** One measured line of the table. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly measured: Spread;
  /** What was measured beside it in the same run. */
  readonly beside?: { readonly what: string; readonly measured: Spread };
  readonly target?: Target;
}

/** A figure with what follows from it. */
export interface JudgedFigure extends Figure {
  /** Of the medians; `null` where nothing was measured beside it. */
  readonly ratio: number | null;
  /** `null` where there is no target. */
  readonly met: boolean | null;
}

/** Puts the ratio and whether the target is met to a figure. */
export function judge(figure: Figure): JudgedFigure {
  const { measured, beside, target } = figure;
  const ratio = beside === undefined ? null : measured.median / beside.measured.median;
  const value = target?.of === 'ratio' ? ratio : measured.median;
  return { ...figure, ratio, met: target === undefined || value === null ? null : value <= target.atMost };
}

/** The figures as a table of plain text. */
export function figuresTable(figures: readonly JudgedFigure[]): string {
  const rows = [
    ['what', 'measured', 'beside it', 'ratio', 'target', 'met'],
    ...figures.map(({ what, unit, measured, beside, ratio, target, met }) => [
      what,
      `${number(measured)} ${unit}`,
      beside === undefined ? '' : `${number(beside.measured)} ${beside.what}`,
      ratio === null ? '' : ratio.toFixed(2),
      target === undefined ? '' : `${target.atMost}${target.of === 'ratio' ? '' : ` ${unit}`}`,
      met === null ? '' : met ? 'yes' : 'NO',
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

function number(spread: Spread): string {
  const digits = spread.median >= 100 ? 0 : spread.median >= 10 ? 1 : 2;
  return formatSpread(spread, digits);
}
