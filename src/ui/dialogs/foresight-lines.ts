import type { Forecast } from '../../foresight/forecast.ts';
import { forecastLines, mostChanged } from '../../foresight/forecast-table.ts';
import { statementsOf } from '../../foresight/statements.ts';
import { truncateToWidth } from '../../terminal/width.ts';
import type { Part } from '../kit/page.ts';
import { partsHeight } from './marked-text.tsx';

/** Rows that a forecast takes below what else a dialog shows. */
export const foresightHeight = 12;
/** Rows with which a forecast shows the real server that changes most and all assumptions. */
export const lowForesight = 5;
/** Fewest rows with which a forecast still shows the real server that changes most. */
export const leastForesight = 3;

/** Most real servers and sentences of a forecast: no dialog has room for more. */
const mostServers = 5;
const mostStatements = 3;

/** The room for an edit's forecast. */
export interface ForesightRoom {
  /** Cells. */
  readonly width: number;
  /** Rows; no limit where left out. With fewer rows, fewer real servers are shown. */
  readonly height?: number;
}

/** An edit's forecasts as lines; none where there is no room for any. */
export function foresightLines(
  forecasts: readonly Forecast[],
  { width, height = Number.POSITIVE_INFINITY }: ForesightRoom,
): Part[] {
  if (height < leastForesight)
    return height < 1 || forecasts.length === 0
      ? []
      : [{ text: 'what is foretold needs a higher screen', role: 'dim' }];
  const share = Math.max(leastForesight, Math.floor(height / forecasts.length));
  return forecasts.flatMap((forecast) => linesOf(forecast, { width, height: share }));
}

function linesOf(forecast: Forecast, { width, height }: Required<ForesightRoom>): Part[] {
  const { arrivals, seconds, servers } = forecast;
  const hasTable = arrivals !== 0;
  // Titles, and the real server that changes most.
  const leastTable = hasTable ? 2 : 0;
  const said = saidBelow(forecast, { width, height: height - 1 - leastTable });
  const below = partsHeight(said, width);
  const isLow = hasTable && below + 1 + leastTable > height;
  // Head, titles, and how many are left out.
  const most = isLow ? 1 : Math.max(1, Math.min(mostServers, height - below - 3));
  const [titles = '', ...rows] = forecastLines(mostChanged(forecast, most), width);
  const left = servers.length - rows.length;
  const time = `foretold in ${seconds / 60} min`;
  const isTimeAmongTitles = isLow && titles.startsWith(' '.repeat(time.length + 1));
  return [
    ...(isTimeAmongTitles ? [] : [{ text: `${time}, without the edit → with it`, role: 'strong' } as const]),
    ...(hasTable
      ? [
          { text: isTimeAmongTitles ? time + titles.slice(time.length) : titles, role: 'dim' } as const,
          ...rows.map((text): Part => ({ text })),
          ...(left > 0 && height > below + 2 + rows.length
            ? [{ text: `… and ${left} more real servers, which change less`, role: 'dim' } as const]
            : []),
        ]
      : []),
    ...said,
  ];
}

/**
 * Statements and assumptions below the numbers. In few rows statements that do not warn are left out, and then the
 * assumptions are cut.
 */
function saidBelow(forecast: Forecast, { width, height }: Required<ForesightRoom>): Part[] {
  const assumed = forecast.premises.filter(({ basis }) => basis === 'assumed').map(({ text }) => text);
  const assumption: Part = { text: `assumed: ${assumed.join('; ')}`, role: 'dim' };
  const statements = statementsOf(forecast)
    .slice(0, mostStatements)
    .map(
      ({ text, isWarning }): Part =>
        isWarning ? { text: `▲ ${text}`, role: 'warning' } : { text: `· ${text}` },
    );
  while (partsHeight([...statements, assumption], width) > height) {
    const last = statements.findLastIndex(({ role }) => role !== 'warning');
    if (last < 0) return [...statements, { ...assumption, text: truncateToWidth(assumption.text, width) }];
    statements.splice(last, 1);
  }
  return [...statements, assumption];
}
