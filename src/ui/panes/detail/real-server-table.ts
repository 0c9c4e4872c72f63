import { formatEndpoint } from '../../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView } from '../../../sampling/view.ts';
import { fitToWidth } from '../../../terminal/width.ts';
import { type Line, type Span, span, textLine } from '../../kit/page.ts';
import type { CellText } from '../../table/cell-text.ts';
import { columnById } from '../../table/columns.ts';
import type { RealServerRow } from '../../table/row.ts';
import { badPoints, deviationOf } from '../../table/share-cell.ts';

const gutter = 2;
/** Cells of the numbers of share and due, and of these with the longest bar that reads well. */
const sharesWidth = 9;
const widestShares = 34;

interface TablePart {
  readonly title: string;
  readonly width: number;
  /** Cells that it takes at most of what is left. */
  readonly widest?: number;
  readonly align: 'left' | 'right';
  /** Parts with lower numbers stay longest when there is little room. */
  readonly priority: number;
  cell(row: RealServerRow, width: number): CellText;
}

/** Parts in the order in which they stand. */
const parts: readonly TablePart[] = [
  { ...main('mode', 7), title: 'MODE', width: 5 },
  { ...main('weight', 1), title: 'WEIGHT', width: 6 },
  { ...main('share', 0), title: 'SHARE/DUE', width: sharesWidth, widest: widestShares },
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

/** Where a short bar of shares comes among the priorities: before mode, bits and state. */
const barPriority = 6;
const shortBar = 6;

/** The real servers of a service with what each got beside what was due to it; its titles first. */
export function realServerTable(service: PublicServiceView, width: number): Line[] {
  const nameWidth = Math.min(
    Math.max(11, ...service.realServers.map(({ realServer }) => formatEndpoint(realServer.identity).length)),
    Math.max(11, width - gutter - sharesWidth - 1),
  );
  const placed = place(width, nameWidth);
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
            span(0, isOff(realServer) || realServer.overloaded ? '▲' : ' ', 'warning'),
            span(gutter, fitToWidth(formatEndpoint(realServer.realServer.identity), nameWidth)),
          ];
          for (const { part, x, cells } of placed) {
            spans.push(...cellSpans(part.cell(row, cells), x, cells, part.align));
          }
          return spans;
        },
    ),
  ];
}

/** A cell in its pieces, each in its own look. */
function cellSpans(
  { text, role, marks = [] }: CellText,
  x: number,
  width: number,
  align: TablePart['align'],
): Span[] {
  const fitted = fitToWidth(text, width, align);
  const start = align === 'right' ? Math.max(0, width - text.length) : 0;
  const spans: Span[] = [];
  let end = 0;
  for (const mark of marks) {
    if (start + mark.from > end) spans.push(span(x + end, fitted.slice(end, start + mark.from), role));
    end = start + mark.to;
    spans.push(span(x + start + mark.from, fitted.slice(start + mark.from, end), mark.role));
  }
  return [...spans, span(x + end, fitted.slice(end), role)];
}

interface PlacedPart {
  readonly part: TablePart;
  readonly x: number;
  readonly cells: number;
}

function place(width: number, nameWidth: number): PlacedPart[] {
  let spare = width - gutter - nameWidth;
  const chosen = new Map<TablePart, number>();
  const byPriority = [...parts].sort((left, right) => left.priority - right.priority);
  const choose = (candidates: readonly TablePart[]) => {
    for (const part of candidates) {
      if (part.width + 1 > spare) return;
      chosen.set(part, part.width);
      spare -= part.width + 1;
    }
  };
  const grow = (most: number) => {
    for (const [part, cells] of chosen) {
      const more = Math.max(0, Math.min(most, (part.widest ?? cells) - cells, spare));
      chosen.set(part, cells + more);
      spare -= more;
    }
  };
  choose(byPriority.filter(({ priority }) => priority < barPriority));
  grow(shortBar);
  choose(byPriority.filter(({ priority }) => priority > barPriority));
  grow(widestShares);
  let x = gutter + nameWidth;
  return parts.flatMap((part): PlacedPart[] => {
    const cells = chosen.get(part);
    if (cells === undefined) return [];
    x += 1 + cells;
    return [{ part, x: x - cells, cells }];
  });
}

function main(id: string, priority: number): Pick<TablePart, 'align' | 'priority' | 'cell'> {
  const column = columnById(id);
  return {
    align: column?.align ?? 'left',
    priority,
    cell: (row, width) => column?.cell(row, width) ?? { text: '' },
  };
}

/** Whether it gets so much less or more than what is due that it is marked. */
function isOff(server: PublicRealServerView): boolean {
  return (deviationOf(server) ?? 0) >= badPoints;
}

function stateOf({ realServer, overloaded }: PublicRealServerView): string {
  if (overloaded) return 'over its threshold';
  return realServer.weight === 0 ? 'weight 0, takes no new' : '';
}
