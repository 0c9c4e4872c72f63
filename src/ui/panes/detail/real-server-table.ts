import { formatEndpoint } from '../../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView } from '../../../sampling/view.ts';
import { fitToWidth } from '../../../terminal/width.ts';
import { bar } from '../../kit/bar.ts';
import { formatShare } from '../../kit/number-format.ts';
import { type Line, type Span, span, textLine } from '../../kit/page.ts';
import type { StyleRole } from '../../kit/theme.ts';
import { columnById } from '../../table/columns.ts';
import type { RealServerRow } from '../../table/row.ts';

/** Points of share between due and got from which a real server is marked. */
const noticeable = 0.15;

const gutter = 2;
const shortestBar = 5;
const longestBar = 24;
const percentWidth = 5;

interface TablePart {
  readonly title: string;
  readonly width: number;
  readonly align: 'left' | 'right';
  /** Parts with lower numbers stay longest when there is little room. */
  readonly priority: number;
  cell(row: RealServerRow, width: number): { readonly text: string; readonly role?: StyleRole };
}

/** Parts in the order in which they stand. */
const parts: readonly TablePart[] = [
  { ...main('mode', 7), title: 'MODE', width: 5 },
  { ...main('weight', 1), title: 'WEIGHT', width: 6 },
  sharePart('SHARE', 0, ({ share }) => share),
  sharePart('DUE', 2, ({ due }) => due),
  { ...main('connections', 3), title: 'CONN/s', width: 6 },
  { ...main('active', 4), title: 'ACTIVE', width: 6 },
  { ...main('inactive', 5), title: 'INACT', width: 6 },
  { ...main('inBits', 8), title: 'IN b/s', width: 6 },
  { ...main('outBits', 9), title: 'OUT b/s', width: 8 },
  {
    title: 'STATE',
    width: 22,
    align: 'left',
    priority: 10,
    cell: ({ realServer }) => ({ text: stateOf(realServer), role: 'warning' }),
  },
];

/** Where bars come among the priorities: before mode, bits and state. */
const barPriority = 6;

/** The real servers of a service with what each got and what it was due as bars; its titles first. */
export function realServerTable(service: PublicServiceView, width: number): Line[] {
  const nameWidth = Math.min(
    Math.max(11, ...service.realServers.map(({ realServer }) => formatEndpoint(realServer.identity).length)),
    Math.max(11, width - gutter - percentWidth - 1),
  );
  const { placed, barWidth } = place(width, nameWidth);
  let titles = `${' '.repeat(gutter)}REAL SERVER`;
  for (const { part, x, cells } of placed)
    titles = titles.padEnd(x) + fitToWidth(part.title, cells, part.align);
  return [
    textLine(titles.padEnd(width), 'columnTitle'),
    ...service.realServers.map(
      (realServer): Line =>
        () => {
          const row: RealServerRow = { kind: 'real server', key: realServer.key, service, realServer };
          const spans: Span[] = [
            span(0, differs(realServer) || realServer.overloaded ? '▲' : ' ', 'warning'),
            span(gutter, fitToWidth(formatEndpoint(realServer.realServer.identity), nameWidth)),
          ];
          for (const { part, x, cells } of placed) {
            const { text, role } = part.cell(row, barWidth);
            spans.push(span(x, fitToWidth(text, cells, part.align), role));
          }
          return spans;
        },
    ),
  ];
}

interface PlacedPart {
  readonly part: TablePart;
  readonly x: number;
  readonly cells: number;
}

function place(width: number, nameWidth: number): { placed: PlacedPart[]; barWidth: number } {
  let spare = width - gutter - nameWidth;
  let barWidth = 0;
  const chosen = new Set<TablePart>();
  const byPriority = [...parts].sort((left, right) => left.priority - right.priority);
  const choose = (candidates: readonly TablePart[]) => {
    for (const part of candidates) {
      if (part.width + 1 > spare) return;
      chosen.add(part);
      spare -= part.width + 1;
    }
  };
  choose(byPriority.filter(({ priority }) => priority < barPriority));
  const bars = [...chosen].filter(isSharePart).length;
  if (chosen.size > bars && spare >= bars * (shortestBar + 1)) {
    barWidth = shortestBar;
    spare -= bars * (shortestBar + 1);
    choose(byPriority.filter(({ priority }) => priority > barPriority));
    const more = Math.min(longestBar - barWidth, Math.floor(spare / bars));
    barWidth += more;
  }
  let x = gutter + nameWidth;
  const placed = parts
    .filter((part) => chosen.has(part))
    .map((part) => {
      const cells = part.width + (isSharePart(part) && barWidth > 0 ? barWidth + 1 : 0);
      x += 1 + cells;
      return { part, x: x - cells, cells };
    });
  return { placed, barWidth };
}

function main(id: string, priority: number): Pick<TablePart, 'align' | 'priority' | 'cell'> {
  const column = columnById(id);
  return {
    align: column?.align ?? 'left',
    priority,
    cell: (row, width) => column?.cell(row, width) ?? { text: '' },
  };
}

function sharePart(
  title: string,
  priority: number,
  shareOf: (server: PublicRealServerView) => number | null,
): TablePart {
  return {
    title,
    width: percentWidth,
    align: 'right',
    priority,
    cell: ({ realServer }, barWidth) => {
      const share = shareOf(realServer);
      const percent = (share === null ? '-' : `${formatShare(share)} %`).padStart(percentWidth);
      return {
        text: barWidth > 0 ? `${bar(share ?? 0, barWidth)} ${percent}` : percent,
        role: differs(realServer) && title === 'SHARE' ? 'warning' : 'trend',
      };
    },
  };
}

function isSharePart({ title }: TablePart): boolean {
  return title === 'SHARE' || title === 'DUE';
}

function differs({ share, due }: PublicRealServerView): boolean {
  return share !== null && due !== null && Math.abs(share - due) >= noticeable;
}

function stateOf({ realServer, overloaded }: PublicRealServerView): string {
  if (overloaded) return 'over its threshold';
  return realServer.weight === 0 ? 'weight 0, takes no new' : '';
}
