import { notReadable } from '../../../formats/ipvsadm/listing.ts';
import type { Counter, CounterName } from '../../../ipvs/counters.ts';
import type { History, HistoryField } from '../../../sampling/history/history.ts';
import { formatAmount, formatBits } from '../../kit/number-format.ts';
import { type Block, type Line, type Span, span } from '../../kit/page.ts';
import { partOf, seesResponses } from '../../table/columns.ts';
import type { Row } from '../../table/row.ts';

/** An exact number in groups of three: `1,234,567`. */
export function formatExact(value: Counter): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

type Widths = readonly [label: number, now: number, highest: number, kernel: number, total: number];

const wideColumns: Widths = [11, 9, 7, 11, 18];
const narrowColumns: Widths = [11, 9, 0, 9, 10];

/** Cells of the block where there is room for every column. */
export const wideNumbers = wideColumns.reduce((sum, width) => sum + width, 0);

interface CounterLine {
  readonly label: string;
  readonly name: CounterName;
  /** Its field of the history; left out where no history is kept of it. */
  readonly field?: HistoryField;
  readonly format: (value: number) => string;
  /** Unit of the total: rates are told in bits, while the kernel counts bytes. */
  readonly unit: string;
}

const counterLines: readonly CounterLine[] = [
  { label: 'connections', name: 'connections', field: 'connections', format: formatAmount, unit: '' },
  { label: 'packets in', name: 'inPackets', format: formatAmount, unit: '' },
  { label: 'packets out', name: 'outPackets', format: formatAmount, unit: '' },
  { label: 'bits in', name: 'inBytes', field: 'inBytes', format: formatBits, unit: 'B' },
  { label: 'bits out', name: 'outBytes', field: 'outBytes', format: formatBits, unit: 'B' },
];

/** Rates as they are, their highest of the last minutes, the kernel's average and the totals, counter by counter. */
export function numberBlock(row: Row, history: History | null, width: number): Block {
  const isWide = width >= wideNumbers;
  const widths = isWide ? wideColumns : narrowColumns;
  const { counters, rates, kernelRates } = partOf(row);
  const missing = counters === null ? notReadable : '…';
  const responses = seesResponses(row);
  const titles = cells(widths, ['', 'NOW/s', '5m MAX', isWide ? 'KERNEL AVG' : 'KERNEL', 'TOTAL']);
  const lines = counterLines.map(({ label, name, field, format, unit }): Line => {
    if (!responses && (name === 'outPackets' || name === 'outBytes')) {
      return [span(0, label), span(widths[0] + widths[1] - notSeen.length, notSeen, 'dim')];
    }
    const highest =
      field === undefined
        ? ''
        : counters === null
          ? notReadable
          : highestOf(history?.readings[field], rates?.[name], format);
    return cells(widths, [
      label,
      rates === null ? missing : format(rates[name]),
      highest,
      kernelRates === null ? missing : format(kernelRates[name]),
      counters === null ? missing : fitTotal(counters[name], widths[4], unit),
    ]);
  });
  return {
    width: widths.reduce((sum, column) => sum + column, 0),
    lines: [titles.map(({ x, text }) => span(x, text, 'dim')), ...lines],
  };
}

const notSeen = 'not seen';

/** The highest of the past and of now, which the next reading of the past will hold. */
function highestOf(
  readings: Float32Array | undefined,
  now: number | undefined,
  format: (value: number) => string,
): string {
  let highest = now ?? Number.NaN;
  for (const reading of readings ?? []) if (reading > highest || Number.isNaN(highest)) highest = reading;
  return Number.isNaN(highest) ? '…' : format(highest);
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

/** Exact where there is room. */
function fitTotal(total: Counter, width: number, unit: string): string {
  const exact = `${formatExact(total)}${unit === '' ? '' : ` ${unit}`}`;
  return exact.length < width ? exact : `${formatAmount(Number(total))}${unit}`;
}
