import { hashedRejected } from '../../../doctor/checks/hashed-rejected.ts';
import { noRealServer } from '../../../doctor/checks/no-real-server.ts';
import { noWeight } from '../../../doctor/checks/no-weight.ts';
import { portDiffers } from '../../../doctor/checks/port-differs.ts';
import { weightZero } from '../../../doctor/checks/weight-zero.ts';
import type { Finding } from '../../../doctor/finding.ts';
import { severitySigns } from '../../../doctor/rounds/finding-text.ts';
import { formatRealServer } from '../../../ipvs/identity.ts';
import type { History } from '../../../sampling/history/history.ts';
import { wrapText } from '../../../terminal/wrap-text.ts';
import type { Graph } from '../../kit/graph.ts';
import { type Block, emptyLine, type Line, type Part, sideBySide, span, textLine } from '../../kit/page.ts';
import type { StyleRole } from '../../kit/theme.ts';
import { severityRoles } from '../../table/finding-marks.ts';
import type { Row } from '../../table/row.ts';
import { stateBlock, stateWidth } from './current-state.ts';
import { graphGrid, graphLayout, graphsHeight, historyGraphs } from './history-graphs.ts';
import { modeMeanings } from './mode-meaning.ts';
import { numberBlock, wideNumbers } from './numbers.ts';
import { realServerTable } from './real-server-table.ts';
import { dueMeaning, schedulerMeaning } from './scheduler-meaning.ts';
import { settingBlock, settingsWidth } from './settings.ts';
import type { Statement } from './statement.ts';

/** What a detail page is made of. */
export interface DetailContent {
  readonly row: Row;
  /** `null` where nothing is known of the past. */
  readonly history: History | null;
  /** The history that is drawn, over the same or another span: of the row and of its service. */
  readonly drawn: { readonly own: History | null; readonly service: History | null };
  /** What happened in the time that charts show, and the column that is read. */
  readonly marks?: Graph['marks'];
  readonly cursor?: Graph['cursor'];
  /** Stands in place of all curves, where nothing can be drawn. */
  readonly note?: Graph['note'];
  /** What the doctor found of the row, the gravest first. */
  readonly findings: readonly Finding[];
  /** What keepalived has to do with the row. */
  readonly managed: readonly Part[];
  /** How long ago the doctor looked; empty where that was just now. */
  readonly findingsAge: string;
  /** What the newest reading is called: `now`, `12s ago`, or `then` when the screen stands still. */
  readonly end: string;
}

const gap = 2;
/** Rows that a curve may have. With an even number from four on, the scale also has a number in the middle. */
const graphRows = [3, 4, 6, 8, 10, 14, 20] as const;
/** Longer lines are hard to read. */
const longestText = 110;
const modestRows = 4;
/** Lines of the real servers' table that graphs leave room for. */
const servedRows = 10;

/**
 * Everything that is known of a service or a real server, from what is looked at first to what explains it,
 * in lines of `width` cells. Graphs are as high as lets the page fit into `height` rows, where that is possible.
 */
export function detailPage(
  { row, history, drawn, note, findings, findingsAge, managed, end, marks, cursor }: DetailContent,
  width: number,
  height: number,
): Line[] {
  const textWidth = Math.min(width, longestText);
  const sections = sectionsOf(row);
  const warnings = [
    ...warningLines(sections, width),
    ...findingLines(findings, findingsAge, width),
    ...managed.flatMap(({ text, role }) =>
      wrapText(text, textWidth).map((line): Line => [span(0, line, role)]),
    ),
  ];
  const withSettings = width >= wideNumbers + stateWidth + settingsWidth + 2 * gap;
  const numbers = numberBlock(row, history, width);
  const beside = width - numbers.width - stateWidth - 2 * gap;
  const settings = settingBlock(row, withSettings ? beside : textWidth);
  const head = [
    ...warnings,
    ...(warnings.length > 0 ? [emptyLine] : []),
    ...flow([numbers, stateBlock(row), ...(withSettings ? [settings] : [])], width),
    emptyLine,
  ];
  const servers = row.kind === 'service' ? [...realServerTable(row.service, width), emptyLine] : [];
  const tail = [
    ...(withSettings ? [] : [...settings.lines, emptyLine]),
    ...sectionLines(sections, textWidth),
  ];
  const graphs = historyGraphs(row, drawn.own, drawn.service, {
    end,
    ...(marks !== undefined && { marks }),
    ...(cursor !== undefined && { cursor }),
    ...(note !== undefined && { note }),
  });
  const layout = graphLayout(graphs.length, width);
  const needed = head.length + 1 + Math.min(servers.length, servedRows);
  const rows =
    graphRows.findLast((count) => {
      // The explanations may be below the end of the screen, rather than have graphs as flat as they can be.
      const others = count <= modestRows ? needed : needed + tail.length;
      return others + graphsHeight(layout, count) <= height;
    }) ?? graphRows[0];
  const grid = [...graphGrid(graphs, layout, rows), emptyLine];
  // On a low screen the table of real servers comes before all but the first row of graphs, where that brings it into
  // sight.
  const firstGraphs = graphsHeight({ ...layout, down: 1 }, rows) + 1;
  const isLow = head.length + grid.length + servers.length > height;
  const early = isLow && head.length + firstGraphs + servers.length - 1 <= height ? firstGraphs : grid.length;
  return [...head, ...grid.slice(0, early), ...servers, ...grid.slice(early), ...tail];
}

/** Blocks side by side, in as many rows as they need. */
function flow(blocks: readonly Block[], width: number): Line[] {
  const lines: Line[] = [];
  let beside: Block[] = [];
  let used = 0;
  const end = () => {
    if (beside.length === 0) return;
    if (lines.length > 0) lines.push(emptyLine);
    lines.push(...sideBySide(beside, gap));
  };
  for (const block of blocks) {
    if (beside.length > 0 && used + gap + block.width > width) {
      end();
      beside = [];
      used = 0;
    }
    used += (beside.length > 0 ? gap : 0) + block.width;
    beside.push(block);
  }
  end();
  return lines;
}

/** Something said under a heading. */
interface Section {
  readonly heading: string;
  readonly statements: readonly (Statement & { readonly about?: string })[];
}

/** What scheduler and mode mean for this row. */
function sectionsOf(row: Row): Section[] {
  const { service } = row;
  const servers = row.kind === 'service' ? service.realServers : [row.realServer];
  const own = row.kind === 'service' ? [] : [dueMeaning(service, row.realServer)];
  return [
    { heading: 'WHAT THE SCHEDULER MEANS HERE', statements: [...own, ...schedulerMeaning(service)] },
    ...modeMeanings(service.service.identity, servers).map(({ name, statements }) => ({
      heading: `WHAT ${name} MEANS AND DEMANDS HERE`,
      statements,
    })),
  ];
}

/** Findings that are shown; the rest is counted. */
const mostFindings = 3;

/** Checks whose findings the page tells by itself, with the numbers at hand. */
const toldBySections: ReadonlySet<string> = new Set(
  [noRealServer, noWeight, weightZero, hashedRejected, portDiffers].map(({ id }) => id),
);

/** What is wrong with the row, in a line or two each, and where the rest is told. */
function findingLines(findings: readonly Finding[], age: string, width: number): Line[] {
  if (findings.length === 0) return [];
  const told = findings.filter(({ check }) => !toldBySections.has(check));
  const more = told.length - mostFindings;
  return [
    ...told.slice(0, mostFindings).flatMap(({ severity, subject, found, matters }) => {
      const owner = subject.kind === 'real server' ? `${formatRealServer(subject.realServer)}: ` : '';
      return marked(severitySigns[severity], `${owner}${found}; ${matters}.`, width, severityRoles[severity]);
    }),
    textLine(
      `${told.length === 0 ? '·' : ' '} ! tells ${told.length === 0 ? 'what the doctor found here, and ' : ''}what mends ${findings.length === 1 ? 'it' : 'them'}${more > 0 ? `, and ${more} more` : ''}${age === '' ? '' : `; looked at ${age} ago`}`,
      'dim',
    ),
  ];
}

/** The warnings of all sections: they come first on the page, where nobody has to scroll for them. */
function warningLines(sections: readonly Section[], width: number): Line[] {
  return sections.flatMap(({ statements }) =>
    statements.filter(isWarning).flatMap(({ text }) => marked('▲', text, width, 'warning')),
  );
}

function sectionLines(sections: readonly Section[], width: number): Line[] {
  const lines: Line[] = [];
  for (const { heading, statements } of sections) {
    const rest = statements.filter((statement) => !isWarning(statement));
    if (rest.length === 0) continue;
    if (lines.length > 0) lines.push(emptyLine);
    lines.push(textLine(heading, 'dim'));
    for (const { about, text } of rest) {
      lines.push(...marked('·', about === undefined ? text : `${about}: ${text}`, width));
    }
  }
  return lines;
}

function marked(mark: string, text: string, width: number, role?: StyleRole): Line[] {
  return wrapText(text, width - 2).map((part, index) => [
    span(0, index === 0 ? mark : '', role),
    span(2, part, role),
  ]);
}

function isWarning({ warning }: Statement): boolean {
  return warning === true;
}
