import type { Forecast } from '../../foresight/forecast.ts';
import { forecastLines, mostChanged } from '../../foresight/forecast-table.ts';
import { statementsOf } from '../../foresight/statements.ts';
import type { Part } from '../kit/page.ts';

/** Rows that a foresight takes below what else a dialog shows. */
export const foresightHeight = 12;

/** Real servers and sentences that are told: no dialog has room for more. */
const mostServers = 5;
const mostStatements = 3;

/** What is foretold of an edit, as lines of so many cells. */
export function foresightLines(forecasts: readonly Forecast[], width: number): Part[] {
  return forecasts.flatMap((forecast): Part[] => {
    const assumed = forecast.premises.filter(({ basis }) => basis === 'assumed').map(({ text }) => text);
    const statements = statementsOf(forecast).slice(0, mostStatements);
    const [titles = '', ...rows] = forecastLines(mostChanged(forecast, mostServers), width);
    const left = forecast.servers.length - rows.length;
    return [
      { text: `foretold in ${forecast.seconds / 60} min, without the edit → with it`, role: 'strong' },
      ...(forecast.arrivals === 0
        ? []
        : [
            { text: titles, role: 'dim' } as const,
            ...rows.map((text): Part => ({ text })),
            ...(left > 0
              ? [{ text: `… and ${left} more real servers, which change less`, role: 'dim' } as const]
              : []),
          ]),
      ...statements.map(
        ({ text, isWarning }): Part =>
          isWarning ? { text: `▲ ${text}`, role: 'warning' } : { text: `· ${text}` },
      ),
      { text: `assumed: ${assumed.join('; ')}`, role: 'dim' },
    ];
  });
}
