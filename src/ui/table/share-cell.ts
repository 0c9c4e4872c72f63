import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import { formatShare } from '../kit/number-format.ts';
import type { StyleRole } from '../kit/theme.ts';
import type { CellMark, CellText } from './cell-text.ts';

/** Percentage points that share and due may be apart before it is a warning. */
export const noticeablePoints = 6;
/** Percentage points that they may be apart before it is an error. */
export const badPoints = 15;

/** Cells of the numbers behind the bar: `100/100%`. */
const numberWidth = 8;
/** A bar of fewer cells would show nothing. */
const leastBar = 4;

const filled = '━';
const halfFilled = '╸';
const empty = '─';
const filledTick = '┿';
const emptyTick = '┼';

/**
 * Percentage points between what a real server gets and what is due to it, 0 to 100; `null` where one of the two is not
 * known.
 */
export function deviationOf({ share, due }: Pick<PublicRealServerView, 'share' | 'due'>): number | null {
  // Tenths of a point: 0.65 less 0.5 is a little more than 15 points in binary.
  return share === null || due === null ? null : Math.round(Math.abs(share - due) * 1000) / 10;
}

/** Cells that were made, by what they show: there are few different ones, and many are on the screen at once. */
const cells = new Map<number, CellText>();
const mostCells = 4096;

/** Share and due of a real server: where there is room as a bar with a tick at what is due, and as numbers. */
export function shareCell(service: PublicServiceView, server: PublicRealServerView, width: number): CellText {
  const { share, due } = server;
  const scale = scaleOf(service);
  // All that the cell shows follows from share, due and scale in thousandths, and from the width.
  const key =
    ((thousandths(share) * 1002 + thousandths(due)) * 1002 + thousandths(scale)) * 64 + Math.min(width, 63);
  const known = cells.get(key);
  if (known !== undefined) return known;
  const made = makeCell(share, due, scale, width);
  if (cells.size >= mostCells) cells.clear();
  cells.set(key, made);
  return made;
}

function thousandths(part: number | null): number {
  return part === null ? 1001 : Math.round(part * 1000);
}

function makeCell(share: number | null, due: number | null, scale: number, width: number): CellText {
  if (share === null && due === null) return { text: '—', role: 'dim' };
  const got = share === null ? '—' : formatShare(share);
  const numbers = `${got}/${due === null ? '—' : formatShare(due)}%`;
  const role = roleOf(deviationOf({ share, due }));
  const room = width - numberWidth - 1;
  const bar = room < leastBar ? '' : barOf(share ?? 0, due, scale, room);
  const text = bar === '' ? numbers : `${bar} ${numbers.padStart(numberWidth)}`;
  const numbersAt = text.length - numbers.length;
  return {
    text,
    marks: [...barMarks(bar, role), ...numberMarks(numbersAt, got.length, text.length, role)],
  };
}

function roleOf(deviation: number | null): StyleRole {
  if (deviation === null) return 'dim';
  if (deviation <= noticeablePoints) return 'good';
  return deviation <= badPoints ? 'warning' : 'error';
}

function numberMarks(at: number, gotLength: number, end: number, role: StyleRole): CellMark[] {
  const due: CellMark = { from: at + gotLength, to: end, role: 'dim' };
  return role === 'good' ? [due] : [{ from: at, to: at + gotLength, role }, due];
}

/**
 * The looks of a bar: its filled cells in the colour of the deviation, its empty ones as a line, and the tick in
 * between in the usual look.
 */
function barMarks(bar: string, role: StyleRole): CellMark[] {
  const marks: CellMark[] = [];
  for (let at = 0; at < bar.length; ) {
    const kind = markRole(bar[at] ?? '', role);
    let to = at + 1;
    while (to < bar.length && markRole(bar[to] ?? '', role) === kind) to++;
    if (kind !== undefined) marks.push({ from: at, to, role: kind });
    at = to;
  }
  return marks;
}

function markRole(sign: string, role: StyleRole): StyleRole | undefined {
  if (sign === filled || sign === halfFilled) return role;
  return sign === empty ? 'line' : undefined;
}

function barOf(share: number, due: number | null, scale: number, width: number): string {
  const halves = Math.round((Math.min(share, scale) / scale) * width * 2);
  const tick =
    due === null
      ? -1
      : Math.min(width - 1, Math.max(0, Math.round((due / scale) * width) - (due > 0 ? 1 : 0)));
  let bar = '';
  for (let cell = 0; cell < width; cell++) {
    const isFilled = halves >= cell * 2 + (cell === tick ? 1 : 2);
    if (cell === tick) bar += isFilled ? filledTick : emptyTick;
    else bar += isFilled ? filled : halves === cell * 2 + 1 ? halfFilled : empty;
  }
  return bar;
}

const scales = new WeakMap<PublicServiceView, number>();

/**
 * The share that a full bar stands for, above 0 and at most 1: twice what is due to the service's heaviest real server,
 * so that its tick stands in the middle and an excess can be seen, however many real servers there are.
 */
function scaleOf(service: PublicServiceView): number {
  const known = scales.get(service);
  if (known !== undefined) return known;
  let greatest = 0;
  for (const { share, due } of service.realServers) greatest = Math.max(greatest, due ?? (share ?? 0) / 2);
  const scale = greatest === 0 ? 1 : Math.min(1, greatest * 2);
  scales.set(service, scale);
  return scale;
}
