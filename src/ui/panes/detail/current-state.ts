import { notReadable } from '../../../formats/ipvsadm/listing.ts';
import { isWholeRealServer } from '../../../ipvs/real-server.ts';
import type { PublicRealServerView } from '../../../sampling/view.ts';
import { bar } from '../../kit/bar.ts';
import { formatShare } from '../../kit/number-format.ts';
import { type Block, type Line, type Span, span } from '../../kit/page.ts';
import { partOf } from '../../table/columns.ts';
import type { Row } from '../../table/row.ts';
import { formatExact } from './numbers.ts';
import { takesNew } from './scheduler-meaning.ts';

/** Cells that the block takes. */
export const stateWidth = 22;

const labelWidth = 6;
const percentWidth = 6;

/** Connections at this moment, and how the row stands: share, due and fill of a real server as bars. */
export function stateBlock(row: Row): Block {
  const { connections } = partOf(row);
  const lines: Line[] = [
    [span(0, 'CONNECTIONS NOW', 'dim')],
    numberLine('active', connections.active),
    numberLine('inactive', connections.inactive),
    numberLine('persistent', connections.persistent),
  ];
  if (row.kind === 'service') {
    const { realServers } = row.service;
    lines.push(
      textRow('real servers', String(realServers.length)),
      textRow('take new', String(realServers.filter(takesNew).length)),
    );
  } else {
    lines.push(shareLine('share', row.realServer.share), shareLine('due', row.realServer.due));
    const fill = fillOf(row.realServer);
    if (fill !== undefined) lines.push(barLine('full', fill, row.realServer.overloaded));
  }
  return { width: stateWidth, lines };
}

/** How near a real server is to its upper threshold, 0 to 1 and beyond; `undefined` without one that may be read. */
function fillOf({ realServer, connections }: PublicRealServerView): number | undefined {
  return !isWholeRealServer(realServer) || realServer.upperThreshold === 0
    ? undefined
    : (connections.active + connections.inactive) / realServer.upperThreshold;
}

function numberLine(label: string, value: number | null): Line {
  return textRow(label, value === null ? notReadable : formatExact(value));
}

function textRow(label: string, text: string): Line {
  return [span(0, label), span(stateWidth - text.length, text)];
}

function shareLine(label: string, share: number | null): Line {
  return share === null ? textRow(label, '-') : barLine(label, share, false);
}

function barLine(label: string, value: number, marked: boolean): Line {
  const percent = `${formatShare(value)} %`;
  const spans: Span[] = [
    span(0, label),
    span(labelWidth, bar(value, stateWidth - labelWidth - percentWidth), marked ? 'warning' : 'trend'),
    span(stateWidth - percent.length, percent),
  ];
  return spans;
}
