import type { Forecast } from '../../foresight/forecast.ts';
import { forecastLines, mostChanged } from '../../foresight/forecast-table.ts';
import { statementsOf } from '../../foresight/statements.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import type { Part } from '../kit/page.ts';

/** Rows that a forecast takes below what else a dialog shows. */
export const foresightHeight = 12;
/** Fewest rows with which a forecast still shows the real server that changes most. */
export const leastForesight = 4;

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

/** An edit's forecasts as lines. */
export function foresightLines(
  forecasts: readonly Forecast[],
  { width, height = Number.POSITIVE_INFINITY }: ForesightRoom,
): Part[] {
  return forecasts.flatMap((forecast): Part[] => {
    const assumptions = forecast.premises.filter(({ basis }) => basis === 'assumed');
    const assumed = `assumed: ${assumptions.map(({ text }) => text).join('; ')}`;
    const statements = statementsOf(forecast).slice(0, mostStatements);
    const said = [assumed, ...statements.map(({ text }) => `· ${text}`)];
    const below = said.reduce((sum, text) => sum + wrapText(text, width - 2).length, 0);
    // Head, titles, and how many are left out.
    const room = Math.max(1, Math.min(mostServers, height - below - 3));
    const [titles = '', ...rows] = forecastLines(mostChanged(forecast, room), width);
    const left = forecast.servers.length - rows.length;
    return [
      { text: `foretold in ${forecast.seconds / 60} min, without the edit → with it`, role: 'strong' },
      ...(forecast.arrivals === 0
        ? []
        : [
            { text: titles, role: 'dim' } as const,
            ...rows.map((text): Part => ({ text })),
            ...(left > 0 && height > below + 2 + rows.length
              ? [{ text: `… and ${left} more real servers, which change less`, role: 'dim' } as const]
              : []),
          ]),
      ...statements.map(
        ({ text, isWarning }): Part =>
          isWarning ? { text: `▲ ${text}`, role: 'warning' } : { text: `· ${text}` },
      ),
      { text: assumed, role: 'dim' },
    ];
  });
}
