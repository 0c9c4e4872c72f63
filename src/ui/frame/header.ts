import { count } from '../../changes/steps/describe.ts';
import { severitySigns } from '../../doctor/finding-text.ts';
import { visible } from '../../ipvs/visible.ts';
import type { DirectorState, View } from '../../sampling/view.ts';
import { textWidth, truncateToWidth } from '../../terminal/width.ts';
import { formatAmount, formatBits, formatSpan } from '../kit/number-format.ts';
import { fittedLine, type Line, type Part, textLine } from '../kit/page.ts';
import { wrapText } from '../kit/wrap-text.ts';
import { ageOf, momentOf } from '../state/age.ts';
import type { ScreenState } from '../state/screen-state.ts';
import { severityRoles } from '../table/finding-marks.ts';
import { hostParts } from './host-line.ts';

/** Cells from which on the first line has room for the numbers of services and real servers. */
const widthForCounts = 100;
/** On lower screens the rows of the table are worth more than the host's line. */
const lowestWithHost = 18;

/** The lines above the table: who the director is, how it stands, and what all services carry together. */
export function headerLines(state: ScreenState, width: number, rows: number): Line[] {
  const { view } = state;
  const traffic = view === null ? [] : trafficParts(view, ageOfSums(state, view), width);
  const host =
    state.host === null || rows < lowestWithHost ? [] : hostParts(state.host, ageOf(state, state.hostTime));
  const fitsOneLine = joined([...host, ...traffic]).length <= width;
  return [
    fittedLine(needed(titleParts(state, width), width), width),
    ...(host.length > 0 && !fitsOneLine ? [textLine(asManyAsFit(host, width))] : []),
    textLine(asManyAsFit(fitsOneLine ? [...host, ...traffic] : traffic, width)),
    ...(view === null
      ? []
      : [...accessLines(view, width), ...bannerLines(view.director.state, momentOf(state), width)]),
  ];
}

/** A part of the title; those that tell least are left out first where not all fit, `1` before `2`. */
interface TitlePart extends Part {
  readonly spare?: 1 | 2;
  /** What may be shown of it where the rest needs the room: all before its first dot, or less. */
  readonly isName?: true;
}

/** Fewest cells that a name is cut to. */
const shortestName = 8;

/** As many parts as fit. */
function needed(parts: readonly TitlePart[], width: number): readonly Part[] {
  const surplusOf = (some: readonly TitlePart[]) =>
    some.reduce((sum, { text }) => sum + textWidth(text), 0) - width;
  let left = parts;
  for (const rank of [1, 2]) if (surplusOf(left) > 0) left = left.filter(({ spare }) => spare !== rank);
  const surplus = surplusOf(left);
  if (surplus <= 0) return left;
  return left.map((part) => (part.isName ? { ...part, text: shortened(part.text, surplus) } : part));
}

/** A name that gives away so many cells, or nearly. */
function shortened(name: string, surplus: number): string {
  const [label = ''] = name.split('.');
  if (textWidth(label) <= textWidth(name) - surplus) return label;
  return truncateToWidth(label, Math.max(shortestName, textWidth(name) - surplus));
}

function titleParts(state: ScreenState, width: number): TitlePart[] {
  const { view, readOnly, unsaved } = state;
  const mark: Part[] = readOnly === null ? [] : [{ text: '  ' }, { text: ' READ-ONLY ', role: 'badge' }];
  if (view === null) return [{ text: 'lvstop', role: 'strong' }, { text: ' reading …' }, ...mark];
  const { hostName, source, info, state: standing } = view.director;
  return [
    { text: 'lvstop', role: 'strong' },
    { text: ' ' },
    { text: hostName, isName: true },
    ...(state.namespace === null
      ? []
      : [{ text: ' ' }, { text: ` netns ${visible(state.namespace.word)} `, role: 'badge' } as const]),
    ...(source === 'simulated' ? [{ text: ' ' }, { text: ' SIMULATED ', role: 'badge' } as const] : []),
    ...(width < 60 ? [] : [{ text: `   IPVS ${info?.version ?? '?'}`, spare: 1 } as const]),
    { text: '   ' },
    stateSign(state, standing),
    ...mark,
    ...findingsPart(state, width),
    ...(unsaved === null || unsaved === 0
      ? []
      : [{ text: `   ▲ ${unsavedText(unsaved, width)}`, role: 'warning' } as const]),
    ...(width < widthForCounts
      ? []
      : [
          {
            text: `   ${countsOf(view)}${view.totals.oldest === null ? '' : `, in turn within ${state.budget}%`}`,
            spare: 2,
          } as const,
        ]),
  ];
}

/** Milliseconds from which on the doctor's look is not of just now. */
const oldLook = 15_000;

/** How many things are wrong, and how long ago that was seen; hints are behind the key. */
function findingsPart({ marks, examination, view, now }: ScreenState, width: number): Part[] {
  const { count: findings, gravest } = marks;
  const since = examination === null || view === null ? 0 : momentOf({ now, view }) - examination.time;
  const age = since <= oldLook ? '' : `${formatSpan(since)} ago`;
  if (gravest === null) return age === '' ? [] : [{ text: '   ' }, { text: `doctor ${age}`, role: 'dim' }];
  const seen = age === '' ? '' : ` ${age}`;
  const text = `${count(findings, 'finding')}${seen}${width < widthForCounts ? ': !' : ', ! shows'}`;
  return [{ text: '   ' }, { text: `${severitySigns[gravest]} ${text}`, role: severityRoles[gravest] }];
}

function unsavedText(unsaved: number, width: number): string {
  return width < widthForCounts
    ? `${unsaved} not saved: S`
    : `${count(unsaved, 'change')} not saved, S saves`;
}

function stateSign(state: ScreenState, director: DirectorState): Part {
  if (director.kind === 'lost') return { text: '✗ LOST', role: 'error' };
  const age = state.view === null ? '' : ageOf(state, state.view.time);
  if (state.frozen) return { text: `‖ frozen${age === '' ? '' : ` ${age}`}, p goes on`, role: 'warning' };
  if (age !== '') return { text: `▲ ${age} old, no reading since`, role: 'warning' };
  if (director.kind === 'frozen-counters')
    return { text: `▲ ${state.interval}s, counters stand still`, role: 'warning' };
  return { text: `● live ${state.interval}s`, role: 'good' };
}

/** Why much is missing, as long as it is. */
function accessLines({ director: { access } }: View, width: number): Line[] {
  if (access === 'full') return [];
  return wrapText('▲ No CAP_NET_ADMIN: from /proc, without counters, rates and edits. Use sudo.', width).map(
    (line) => textLine(line, 'warning'),
  );
}

/** What has gone wrong with the director as a whole, in words. */
function bannerLines(state: DirectorState, now: number, width: number): Line[] {
  switch (state.kind) {
    case 'live':
      return [];
    case 'frozen-counters':
      return wrapText(
        '▲ run_estimation is 0: the kernel holds counters and rates still. sysctl -w net.ipv4.vs.run_estimation=1',
        width,
      ).map((line) => textLine(line, 'warning'));
    case 'lost':
      return wrapText(
        `✗ no reading for ${formatSpan(now - state.since)}, what is shown is old: ${state.error.reason}; ${state.error.advice}. Trying on.`,
        width,
      ).map((line) => textLine(line, 'error'));
  }
}

function countsOf({ totals }: View): string {
  return `${totals.services} ${totals.services === 1 ? 'service' : 'services'} ${totals.realServers} real ${totals.realServers === 1 ? 'server' : 'servers'}`;
}

function trafficParts(view: View, age: string, width: number): string[] {
  const { connections, rates } = view.totals;
  const rate = (value: number | undefined, format: (value: number) => string) =>
    value === undefined ? '…' : format(value);
  return [
    ...(width < widthForCounts ? [countsOf(view)] : []),
    `${age}active ${formatAmount(connections.active)} inactive ${formatAmount(connections.inactive)}`,
    `${rate(rates?.connections, formatAmount)} conn/s`,
    `in ${rate(rates?.inBytes, formatBits)}bit/s`,
    `out ${rate(rates?.outBytes, formatBits)}bit/s`,
    `in ${rate(rates?.inPackets, formatAmount)} pkt/s`,
    `out ${rate(rates?.outPackets, formatAmount)} pkt/s`,
  ];
}

/** How old the oldest of what all sums of the line are made of is, where not all was read just now. */
function ageOfSums(state: ScreenState, { totals }: View): string {
  return totals.oldest === null ? '' : `≤${formatSpan(momentOf(state) - totals.oldest)} old: `;
}

const gap = '   ';

function joined(parts: readonly string[]): string {
  return parts.join(gap);
}

/** The first parts, as many as the line holds whole. */
function asManyAsFit(parts: readonly string[], width: number): string {
  let count = parts.length;
  while (count > 1 && joined(parts.slice(0, count)).length > width) count--;
  return joined(parts.slice(0, count));
}
