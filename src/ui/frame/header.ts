import type { View } from '../../sampling/view.ts';
import { textWidth } from '../../terminal/width.ts';
import { formatAmount, formatBits, formatSpan } from '../kit/number-format.ts';
import { fittedLine, type Line, type Part } from '../kit/page.ts';
import { ageOf, momentOf } from '../state/age.ts';
import type { ScreenState } from '../state/screen-state.ts';
import { accessLines, bannerLines } from './banner.ts';
import { framedLines } from './header-frame.ts';
import {
  countsText,
  driftParts,
  findingsParts,
  identityParts,
  needed,
  probingParts,
  standingParts,
  type TitlePart,
  unsavedParts,
  versionText,
  vrrpParts,
} from './header-parts.ts';
import { hostParts } from './host-line.ts';

/** Cells from which on the first line has room for whole sentences and for the numbers of services and real servers. */
const widthForCounts = 100;
/** On lower screens the rows of the table are worth more than the host's numbers. */
const lowestWithHost = 18;
/** Smaller screens have the header in two lines, without graphs. */
const narrowestWithGraphs = 100;
const lowestWithGraphs = 28;

/** The lines above the table: who the director is, how it stands, and what all services carry together. */
export function headerLines(state: ScreenState, width: number, rows: number): Line[] {
  const { view } = state;
  if (view === null) return [fittedLine([...identityParts(state), ...standingParts(state)], width), []];
  // A recording has no graphs, and its time must not be cut.
  const isFramed =
    state.graphs && state.replay === null && width >= narrowestWithGraphs && rows >= lowestWithGraphs;
  return [
    ...(isFramed ? framedLines(state, view, width) : foldedLines(state, view, width, rows)),
    ...accessLines(view, width),
    ...bannerLines(view.director.state, momentOf(state), width),
  ];
}

function foldedLines(state: ScreenState, view: View, width: number, rows: number): Line[] {
  const isShort = width < widthForCounts;
  const between = (parts: readonly Part[]): Part[] => (parts.length === 0 ? [] : [{ text: gap }, ...parts]);
  const title: TitlePart[] = [
    ...identityParts(state),
    ...(width < 60 ? [] : [{ text: `${gap}${versionText(view)}`, role: 'dim', spare: 1 } as const]),
    ...between(standingParts(state)),
    ...between(probingParts(state, isShort)),
    ...between(findingsParts(state, isShort)),
    ...between(unsavedParts(state, isShort)),
    ...between(vrrpParts(state, isShort)),
    ...between(driftParts(state, isShort)),
    ...(isShort ? [] : [{ text: `${gap}${countsText(view, state.budget)}`, role: 'dim', spare: 2 } as const]),
  ];
  const host =
    state.host === null || rows < lowestWithHost ? [] : hostParts(state.host, ageOf(state, state.hostTime));
  const groups = [
    ...(isShort ? [[label(countsText(view, state.budget))]] : []),
    ...trafficParts(view, ageOfSums(state, view)),
    ...host,
    ...packetParts(view),
  ];
  return [fittedLine(needed(title, width), width), fittedLine(asManyAsFit(groups, width), width)];
}

function label(text: string): Part {
  return { text, role: 'dim' };
}

function number(text: string): Part {
  return { text, role: 'strong' };
}

function trafficParts({ totals: { connections, rates } }: View, age: string): Part[][] {
  const rate = (value: number | undefined, format: (value: number) => string) =>
    number(value === undefined ? '…' : format(value));
  return [
    [
      label(`${age}active `),
      number(formatAmount(connections.active)),
      label(' inactive '),
      number(formatAmount(connections.inactive)),
    ],
    [rate(rates?.connections, formatAmount), label(' conn/s')],
    [label('in '), rate(rates?.inBytes, formatBits), label('bit/s')],
    [label('out '), rate(rates?.outBytes, formatBits), label('bit/s')],
  ];
}

function packetParts({ totals: { rates } }: View): Part[][] {
  const rate = (value: number | undefined) => number(value === undefined ? '…' : formatAmount(value));
  return [
    [label('in '), rate(rates?.inPackets), label(' pkt/s')],
    [label('out '), rate(rates?.outPackets), label(' pkt/s')],
  ];
}

/** The age of the oldest reading that the sums of this line are made of; empty where all was read just now. */
function ageOfSums(state: ScreenState, { totals }: View): string {
  return totals.oldest === null ? '' : `≤${formatSpan(momentOf(state) - totals.oldest)} old: `;
}

const gap = '   ';

/** The first groups, as many as the line holds whole. */
function asManyAsFit(groups: readonly (readonly Part[])[], width: number): Part[] {
  const line: Part[] = [];
  let room = width;
  for (const group of groups) {
    const parts = line.length === 0 ? group : [{ text: gap }, ...group];
    const cells = parts.reduce((sum, { text }) => sum + textWidth(text), 0);
    if (cells > room && line.length > 0) break;
    line.push(...parts);
    room -= cells;
  }
  return line;
}
