import { eventText } from '../../changes/events/event.ts';
import { formatSubject } from '../../doctor/finding.ts';
import { countFindings, severitySigns } from '../../doctor/rounds/finding-text.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { fitToWidth } from '../../terminal/width.ts';
import { clockTime, eventLook } from '../frame/event-line.ts';
import { type Graph, graphFrame } from '../kit/graph.ts';
import { formatAmount } from '../kit/number-format.ts';
import { fittedLine, type Line, paintLines } from '../kit/page.ts';
import type { Theme } from '../kit/theme.ts';
import type { ScreenState } from '../state/screen-state.ts';
import { trafficPeriod } from '../state/traffic.ts';
import { severityRoles } from '../table/finding-marks.ts';
import { titleHeight } from '../table/table-painter.ts';
import { graphGrid, graphLayout } from './detail/history-graphs.ts';

/** Fewest rows below the table that are worth a title. */
const leastRows = 4;
/** Rows that are kept for events, their title included, before findings and curves get any. */
const eventRows = 8;
/** Fewest rows in which curves tell something, and the most that they gain from. */
const curveRows = { least: 5, most: 16 };
const bitsOfByte = 8;

/**
 * Fills the rows that the table leaves free: with what the doctor found, the curves of all services, and the newest
 * events.
 */
export function paintBelowTable(table: Canvas, state: ScreenState, theme: Theme): void {
  let y = state.rows.length + titleHeight + 1;
  const room = () => table.height - y;
  const paintBlock = (title: string, lines: readonly Line[]) => {
    table.write(0, y, fitToWidth(` ${title}`, table.width), theme.roles.columnTitle);
    paintLines(table.view({ x: 0, y: y + 1, width: table.width, height: room() - 1 }), lines, theme);
    y += lines.length + 2;
  };
  if (room() < leastRows) return;
  const findings = findingLines(state, table.width);
  const title = `Findings: ${countFindings(state.examination?.findings ?? [])}: !`;
  if (findings.length > 0 && room() >= findings.length + 2 + eventRows) paintBlock(title, findings);
  const height = Math.min(curveRows.most, room() - eventRows - graphFrame - 2);
  if (height >= curveRows.least) paintBlock('All services', curveLines(state, table.width - 1, height));
  paintBlock('Events, the newest first: E', eventLines(state, room() - 1, table.width));
}

function findingLines({ examination }: ScreenState, width: number): Line[] {
  return (examination?.findings ?? []).map(({ check, severity, subject, found }) => {
    const role = severityRoles[severity];
    return fittedLine(
      [
        { text: ` ${severitySigns[severity]} ${formatSubject(subject)}`, role },
        { text: `  ${check}: ${found}`, role: severity === 'hint' ? 'dim' : 'text' },
      ],
      width,
    );
  });
}

function curveLines({ traffic }: ScreenState, width: number, rows: number): Line[] {
  const curve = (title: string, readings: readonly number[]) => ({
    title,
    readings,
    period: trafficPeriod / 1000,
    newest: traffic.newest,
    now: readings.at(-1) ?? Number.NaN,
    format: formatAmount,
    end: 'now',
  });
  const bits = traffic.bytes.map((bytes) => bytes * bitsOfByte);
  const graphs: Graph[] = [
    curve('CONN/s', traffic.connections),
    { ...curve('IN and OUT bit/s', bits), looks: ['bits', 'calmBits'] },
  ];
  return graphGrid(graphs, graphLayout(graphs.length, width), rows);
}

function eventLines({ events }: ScreenState, height: number, width: number): Line[] {
  if (events.length === 0) return [fittedLine([{ text: ' none yet', role: 'dim' }], width)];
  return events.slice(0, Math.max(0, height)).map((event) => {
    const { sign, word, role } = eventLook(event);
    return fittedLine(
      [
        { text: ` ${clockTime(event.time)} `, role: 'dim' },
        { text: `${sign} `, role },
        { text: `${word}: ${eventText(event)}`, role },
      ],
      width,
    );
  });
}
