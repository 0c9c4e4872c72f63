import type { HostView } from '../../host/host-view.ts';
import type { View } from '../../sampling/view.ts';
import { textWidth } from '../../terminal/width.ts';
import { brailleRows } from '../kit/braille.ts';
import { meter } from '../kit/meter.ts';
import { formatAmount, formatBits, formatSpan } from '../kit/number-format.ts';
import { fittedParts, type Line, type Part, type Span, span } from '../kit/page.ts';
import { remembering } from '../kit/remembering.ts';
import type { StyleRole } from '../kit/theme.ts';
import { ageOf, momentOf } from '../state/age.ts';
import type { ScreenState } from '../state/screen-state.ts';
import type { Traffic } from '../state/traffic.ts';
import {
  countsText,
  driftParts,
  findingsParts,
  identityParts,
  needed,
  probingParts,
  standingParts,
  unsavedParts,
  versionText,
  vrrpParts,
} from './header-parts.ts';
import { interfaceParts, percent, processorText } from './host-line.ts';

/** Rows of the graphs. */
const graphRows = 3;
/** Rows of the frame, edges included. */
export const framedHeight = graphRows + 2;
/** Cells of the numbers at the left: two labels with their numbers. */
const numbersWidth = 30;
const labelWidth = 9;
const numberWidth = 5;
/** Cells of a meter. */
const meterWidth = 5;
/** From this many cells on, what is at the right is said in whole sentences. */
const widthForSentences = 120;
/** No graph is wider: four minutes are enough to see where it goes. */
const widestGraph = 60;
/** Cells of a graph that have room for all of its title. */
const widthForTitles = 24;
/** Cells of a graph that have room for what came in and went out in words. */
const widthForWords = 20;
/** Cells of a graph that have room for the unit of its title as it is written elsewhere. */
const widthForUnit = 26;
/** Cells between the frame and what stands in it, and between what stands side by side. */
const gap = 2;

/** A piece of a line of the frame: its parts from column `x` on, in at most `width` cells. */
interface Piece {
  readonly x: number;
  readonly width: number;
  readonly parts: readonly Part[];
}

/** The header as a frame: numbers in fixed places, graphs of the last minutes, and how things stand. */
export function framedLines(state: ScreenState, view: View, width: number): Line[] {
  const isShort = width < widthForSentences;
  const standingWidth = isShort ? 26 : 31;
  const first = gap + numbersWidth + gap;
  const graphWidth = Math.min(widestGraph, Math.floor((width - first - standingWidth - 3 * gap) / 2));
  const second = first + graphWidth + gap;
  const third = second + graphWidth + gap;
  const { connections, bytes } = graphsOf(state.traffic, graphWidth);
  const numbers = numberLines(state, view);
  const standing = [standingParts(state), findingsParts(state, isShort), unsavedParts(state, isShort)];
  const middle = numbers.map((parts, row) =>
    lineOf(width, { left: '│', right: '│', fill: ' ' }, [
      { x: gap, width: numbersWidth, parts },
      { x: first, width: graphWidth, parts: [graphPart(connections, row, ['trend', 'calmTrend'])] },
      { x: second, width: graphWidth, parts: [graphPart(bytes, row, ['bits', 'calmBits'])] },
      { x: third, width: width - third - gap, parts: standing[row] ?? [] },
    ]),
  );
  const titleRoom = first - gap - 1;
  return [
    lineOf(width, { left: '╭', right: '╮', fill: '─' }, [
      { x: gap, width: titleRoom, parts: spaced(needed(identityParts(state), titleRoom - 2)) },
      { x: first, width: graphWidth, parts: spaced(connectionTitle(view, connections, graphWidth)) },
      { x: second, width: graphWidth, parts: spaced(bitsTitle(view, graphWidth)) },
    ]),
    ...middle,
    lineOf(width, { left: '╰', right: '╯', fill: '─' }, placed(belowParts(state, view), width)),
  ];
}

/** A line between two edges: `fill`, with the pieces written over it. */
function lineOf(
  width: number,
  { left, right, fill }: { readonly left: string; readonly right: string; readonly fill: string },
  pieces: readonly Piece[],
): Line {
  const spans: Span[] = [];
  let line = left;
  let start = 0;
  let end = 1;
  const fillTo = (x: number) => {
    line += fill.repeat(Math.max(0, x - end));
    end = Math.max(end, x);
  };
  for (const piece of pieces) {
    if (piece.parts.length === 0) continue;
    fillTo(piece.x);
    spans.push(span(start, line, 'line'));
    for (const { text, role } of fittedParts(piece.parts, piece.width)) {
      spans.push(span(end, text, role));
      end += textWidth(text);
    }
    line = '';
    start = end;
  }
  fillTo(width - 1);
  spans.push(span(start, line + right, 'line'));
  return spans;
}

/** With a blank on either side, so that the border does not touch it. */
function spaced(parts: readonly Part[]): Part[] {
  return parts.length === 0 ? [] : [{ text: ' ' }, ...parts, { text: ' ' }];
}

/** Groups one after the other in a border, as many as fit. */
function placed(groups: readonly (readonly Part[])[], width: number): Piece[] {
  const pieces: Piece[] = [];
  let x = gap;
  for (const group of groups) {
    const parts = spaced(group);
    const cells = parts.reduce((sum, { text }) => sum + textWidth(text), 0);
    if (x + cells > width - gap) break;
    pieces.push({ x, width: cells, parts });
    x += cells + gap;
  }
  return pieces;
}

const label = (text: string): Part => ({ text, role: 'dim' });
const strong = (text: string): Part => ({ text, role: 'strong' });

/** Label and number in fixed places. */
function pair(name: string, value: string): Part[] {
  return [label(name.padEnd(labelWidth)), strong(value.padStart(numberWidth))];
}

function numberLines({ host }: ScreenState, { totals }: View): Part[][] {
  const { connections, services, realServers } = totals;
  const between: Part = { text: '  ' };
  return [
    [
      ...pair('active', formatAmount(connections.active)),
      between,
      ...pair('inactive', formatAmount(connections.inactive)),
    ],
    [
      ...pair(services === 1 ? 'service' : 'services', formatAmount(services)),
      between,
      ...pair(realServers === 1 ? 'real srv' : 'real srvs', formatAmount(realServers)),
    ],
    [...meterParts('cpu', host?.cpu?.busy), between, ...meterParts('mem', usedMemory(host))],
  ];
}

function usedMemory(host: HostView | null): number | undefined {
  return host === null || host.memory === null ? undefined : host.memory.used / host.memory.total;
}

function meterParts(name: string, share: number | undefined): Part[] {
  const value = share === undefined ? '…' : percent(share);
  return [label(`${name} `), ...meter(share ?? 0, meterWidth), strong(value.padStart(numberWidth))];
}

/** A graph with the highest reading that it shows. */
interface HeaderGraph {
  readonly rows: readonly string[];
  readonly peak: number;
}

/** The graphs change with a reading, and most frames come for something else. */
const graphsOf = remembering((traffic: Traffic, width: number) => ({
  connections: graphOf(traffic.connections, traffic.newest, width),
  bytes: graphOf(traffic.bytes, traffic.newest, width),
}));

/** Two readings a cell; a cell begins at an even reading, so that the graph moves by whole cells only. */
function graphOf(readings: readonly number[], newest: number, width: number): HeaderGraph {
  const isHalf = newest % 2 === 0;
  const shown = readings.slice(-(width * 2 - (isHalf ? 1 : 0)));
  const peak = Math.max(0, ...shown);
  const levels = shown.map((value) => (value > 0 ? Math.ceil((value / peak) * graphRows * 4) : 0));
  if (isHalf) levels.push(0);
  return { rows: brailleRows(levels, width, graphRows), peak };
}

/** A row of a graph; the lowest, which nearly all readings fill, is calmer. */
function graphPart({ rows }: HeaderGraph, row: number, [role, calm]: readonly [StyleRole, StyleRole]): Part {
  return { text: rows[row] ?? '', role: row === graphRows - 1 ? calm : role };
}

function connectionTitle({ totals: { rates } }: View, { peak }: HeaderGraph, width: number): Part[] {
  const now = [strong(rates === null ? '…' : formatAmount(rates.connections)), label(' conn/s')];
  const highest = [label('  peak '), { text: formatAmount(peak) }];
  return rates === null || width < widthForTitles ? now : [...now, ...highest];
}

function bitsTitle({ totals: { rates } }: View, width: number): Part[] {
  const bits = (bytes: number | undefined) => strong(bytes === undefined ? '…' : formatBits(bytes));
  if (width < widthForWords) return [label('↓'), bits(rates?.inBytes), label(' ↑'), bits(rates?.outBytes)];
  const unit = width < widthForTitles ? '' : width < widthForUnit ? ' b/s' : ' bit/s';
  return [label('in '), bits(rates?.inBytes), label(' out '), bits(rates?.outBytes), label(unit)];
}

/** What stands in the lower border: what was read when, and what is worth a look when something is wrong. */
function belowParts(state: ScreenState, view: View): Part[][] {
  const { host, budget } = state;
  const { rates, oldest } = view.totals;
  const hostAge = host === null ? '' : ageOf(state, state.hostTime);
  const packets = (rate: number | undefined): Part => ({
    text: rate === undefined ? '…' : formatAmount(rate),
  });
  return [
    [label(versionText(view))],
    ...[vrrpParts(state, false), driftParts(state, false), probingParts(state, false)].filter(
      ({ length }) => length > 0,
    ),
    ...(oldest === null
      ? []
      : [[label(`${countsText(view, budget)}, ≤${formatSpan(momentOf(state) - oldest)} old`)]]),
    ...(hostAge === '' ? [] : [[{ text: `host ${hostAge} old`, role: 'warning' } as const]]),
    ...(host === null || host.cpu === null ? [] : [[label(processorText(host.cpu))]]),
    ...(host === null || host.busiest === null ? [] : [interfaceParts(host.busiest)]),
    [label('in '), packets(rates?.inPackets), label(' out '), packets(rates?.outPackets), label(' pkt/s')],
  ];
}
