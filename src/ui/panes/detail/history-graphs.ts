import { forwardingMethodLabel } from '../../../ipvs/forwarding-method.ts';
import { isWholeRealServer } from '../../../ipvs/real-server.ts';
import { type History, type HistoryField, historyLength } from '../../../sampling/history/history.ts';
import { type Graph, graphFrame, graphLines } from '../../kit/graph.ts';
import { formatAmount } from '../../kit/number-format.ts';
import { emptyLine, type Line, sideBySide } from '../../kit/page.ts';
import { partOf, seesResponses } from '../../table/columns.ts';
import type { Row } from '../../table/row.ts';

/** Seconds over which a share is told, as in the table: the last minute. */
const shareTime = 60;

/**
 * Readings that a chart shows while the history is short: it grows in steps, so that its scale does not change all the
 * time.
 */
const growth = [15, 30, 60, 100, historyLength];

/** The scale of a graph of bits is round in bits, not in bytes. */
const bitsOfByte = 8;

/** Cells of a graph below which two stand above each other rather than side by side. */
const narrowest = 25;
const gap = 2;

/** How graphs are laid out. */
export interface GraphLayout {
  readonly across: number;
  readonly width: number;
  /** Graphs above each other. */
  readonly down: number;
}

/** As many graphs side by side as have room, at most three. */
export function graphLayout(count: number, width: number): GraphLayout {
  const across = Math.max(1, Math.min(3, count, Math.floor((width + gap) / (narrowest + gap))));
  return {
    across,
    width: Math.floor((width - gap * (across - 1)) / across),
    down: Math.ceil(count / across),
  };
}

/** Lines that the graphs take in a layout, with curves `rows` high. */
export function graphsHeight({ down }: GraphLayout, rows: number): number {
  return down * (rows + graphFrame + 1) - 1;
}

/** The last minutes of a row in graphs; `service` is the history of its service, of which a real server has a share. */
export function historyGraphs(
  row: Row,
  history: History | null,
  service: History | null,
  around: Pick<Graph, 'end' | 'marks' | 'cursor' | 'note'>,
): Graph[] {
  const unknown = new Float32Array(historyLength).fill(Number.NaN);
  const common = { period: history?.period ?? 2, newest: history?.newest ?? 0, ...around };
  const shown = shownReadings(history);
  const { rates, connections, counters } = partOf(row);
  // A curve made of counters, which may not be readable.
  const counted = (graph: Graph): Graph => (counters === null ? { ...graph, note: 'not readable' } : graph);
  const curve = (title: string, field: HistoryField, now: number | undefined, unit = 1): Graph => ({
    ...common,
    title,
    readings: (history?.readings[field] ?? unknown).slice(-shown).map((reading) => reading * unit),
    now: (now ?? Number.NaN) * unit,
    format: formatAmount,
    ...(unit === bitsOfByte && { looks: ['bits', 'calmBits'] as const }),
  });
  const out = curve('OUT bit/s', 'outBytes', rates?.outBytes, bitsOfByte);
  const graphs = [
    counted(curve('CONN/s', 'connections', rates?.connections)),
    counted(curve('IN bit/s', 'inBytes', rates?.inBytes, bitsOfByte)),
    seesResponses(row) ? counted(out) : { ...out, note: unseen(row) },
    { ...curve('ACTIVE', 'active', connections.active), ...limitOf(row) },
    curve('INACTIVE', 'inactive', connections.inactive),
  ];
  if (row.kind === 'service') return graphs;
  const { share } = row.realServer;
  return [
    ...graphs,
    counted({
      ...common,
      title: 'SHARE %',
      readings: shares(
        history?.readings.connections ?? unknown,
        service?.readings.connections ?? unknown,
        Math.max(1, Math.round(shareTime / common.period)),
      ).slice(-shown),
      now: share === null ? Number.NaN : share * 100,
      format: (percent) => String(Math.round(percent)),
      top: 100,
    }),
  ];
}

/** The graphs in their layout, curves `rows` high. */
export function graphGrid(graphs: readonly Graph[], layout: GraphLayout, rows: number): Line[] {
  const lines: Line[] = [];
  for (let first = 0; first < graphs.length; first += layout.across) {
    if (first > 0) lines.push(emptyLine);
    const blocks = graphs
      .slice(first, first + layout.across)
      .map((graph) => ({ width: layout.width, lines: graphLines(graph, layout.width, rows) }));
    lines.push(...sideBySide(blocks, gap));
  }
  return lines;
}

/**
 * What a real server got of its service's new connections in the minute up to each reading, in percent; NaN where that
 * is not known. The minute is `shareReadings` readings.
 */
export function shares(own: ArrayLike<number>, all: ArrayLike<number>, shareReadings: number): Float32Array {
  const result = new Float32Array(own.length).fill(Number.NaN);
  const known = (readings: ArrayLike<number>, index: number) => {
    const value = readings[index] ?? Number.NaN;
    return Number.isNaN(value) ? 0 : value;
  };
  let ownSum = 0;
  let allSum = 0;
  for (let index = 0; index < own.length; index++) {
    ownSum += known(own, index) - known(own, index - shareReadings);
    allSum += known(all, index) - known(all, index - shareReadings);
    // What is left of sums that went back to 0 is rounding.
    const isKnown = !Number.isNaN(own[index] ?? Number.NaN) && !Number.isNaN(all[index] ?? Number.NaN);
    if (allSum > 1e-6 && isKnown) {
      result[index] = Math.min(100, Math.max(0, (100 * ownSum) / allSum));
    }
  }
  return result;
}

/** How many readings to show: from the first that is known on, rounded up to a step of `growth`. */
function shownReadings(history: History | null): number {
  if (history === null) return historyLength;
  const all = Object.values(history.readings);
  const [{ length } = { length: historyLength }] = all;
  let first = 0;
  while (first < length && all.every((readings) => Number.isNaN(readings[first]))) first++;
  return Math.min(length, growth.find((step) => step >= length - first) ?? length);
}

/** The upper threshold as a line through the connections of a real server that has one. */
function limitOf(row: Row): Pick<Graph, 'limit'> {
  if (row.kind === 'service' || !isWholeRealServer(row.realServer.realServer)) return {};
  const { upperThreshold } = row.realServer.realServer;
  return upperThreshold === 0 ? {} : { limit: upperThreshold };
}

function unseen(row: Row): string {
  const servers = row.kind === 'service' ? row.service.realServers : [row.realServer];
  const modes = new Set(servers.map(({ realServer }) => forwardingMethodLabel(realServer.forwarding)));
  return `not seen under ${[...modes].join(' and ')}`;
}
