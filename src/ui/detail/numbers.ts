import type { Counter } from '../../ipvs/counters.ts';
import type { History } from '../../sampling/history.ts';
import { partOf, seesResponses } from '../columns.ts';
import { formatAmount, formatBits } from '../number-format.ts';
import { type Block, type Line, type Span, span } from '../page.ts';
import type { Row } from '../rows.ts';

/** An exact number in groups of three: `1,234,567`. */
export function formatExact(value: Counter): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Widths of label, true rate, highest rate, kernel's average, total. */
const wideColumns = [11, 9, 8, 10, 18] as const;
const narrowColumns = [11, 8, 0, 10, 10] as const;

/** Cells of the block where there is room for every column. */
export const wideNumbers = wideColumns.reduce((sum, width) => sum + width, 0);

/** Rates as they are, their highest of the last minutes, the kernel's average and the totals, counter by counter. */
export function numberBlock(row: Row, history: History | null, width: number): Block {
  const widths: readonly [number, number, number, number, number] =
    width >= wideNumbers ? wideColumns : narrowColumns;
  const { counters, rates, kernelRates } = partOf(row);
  const responses = seesResponses(row);
  const line = (
    label: string,
    format: (value: number) => string,
    values: readonly [now: number | undefined, highest: number | null, kernel: number, total: Counter],
  ): Line => {
    const [now, highest, kernel, total] = values;
    return cells(widths, [
      label,
      now === undefined ? '…' : format(now),
      highest === null ? '' : Number.isNaN(highest) ? '…' : format(highest),
      format(kernel),
      fitTotal(total, widths[4], format === formatBits ? 'B' : ''),
    ]);
  };
  const unseen = (label: string): Line => [
    span(0, label),
    span(widths[0] + widths[1] - 'not seen'.length, 'not seen', 'dim'),
  ];
  const highest = (readings: Float32Array | undefined) => readings?.reduce(greater, Number.NaN) ?? Number.NaN;
  const readings = history?.readings;
  const titles = cells(widths, ['', 'NOW/s', '5m MAX', 'KERNEL/s', 'TOTAL']).map((title) => ({
    ...title,
    role: 'dim' as const,
  }));
  return {
    width: widths.reduce((sum, column) => sum + column, 0),
    lines: [
      titles,
      line('connections', formatAmount, [
        rates?.connections,
        highest(readings?.connections),
        kernelRates.connections,
        counters.connections,
      ]),
      line('packets in', formatAmount, [rates?.inPackets, null, kernelRates.inPackets, counters.inPackets]),
      responses
        ? line('packets out', formatAmount, [
            rates?.outPackets,
            null,
            kernelRates.outPackets,
            counters.outPackets,
          ])
        : unseen('packets out'),
      line('bits in', formatBits, [
        rates?.inBytes,
        highest(readings?.inBytes),
        kernelRates.inBytes,
        counters.inBytes,
      ]),
      responses
        ? line('bits out', formatBits, [
            rates?.outBytes,
            highest(readings?.outBytes),
            kernelRates.outBytes,
            counters.outBytes,
          ])
        : unseen('bits out'),
    ],
  };
}

function cells(widths: readonly number[], texts: readonly string[]): Span[] {
  const spans: Span[] = [];
  let end = 0;
  texts.forEach((text, index) => {
    const width = widths[index] ?? 0;
    end += width;
    if (width > 0) spans.push(span(index === 0 ? 0 : end - text.length, text));
  });
  return spans;
}

/** Exact where there is room, with the unit of what is counted: rates are told in bits, the kernel counts bytes. */
function fitTotal(total: Counter, width: number, unit: string): string {
  const exact = `${formatExact(total)}${unit === '' ? '' : ` ${unit}`}`;
  return exact.length < width ? exact : `${formatAmount(Number(total))}${unit}`;
}

function greater(left: number, right: number): number {
  return Number.isNaN(left) || right > left ? right : left;
}
