import { formatRealServer } from '../ipvs/identity.ts';
import type { Forecast, ServerForecast, ServerOutlook, Spread } from './forecast.ts';
import { countText, percentText, rateText } from './numbers.ts';

/** A column of the forecast table. A cell shows a real server without the edit and with it. */
export interface ForecastColumn {
  readonly title: string;
  /** Where there is too little room, columns with the greatest number go first. */
  readonly priority: number;
  readonly cell: (server: ServerForecast) => string;
}

/** The columns of the forecast table after the name of the real server. */
export const forecastColumns: readonly ForecastColumn[] = [
  { title: 'CONN/s', priority: 2, cell: pair(({ connectionsPerSecond }) => connectionsPerSecond, rateText) },
  { title: 'SHARE', priority: 0, cell: pair(({ share }) => share, percentText) },
  { title: 'ACTIVE', priority: 1, cell: pair(({ active }) => active, countText) },
  { title: 'INACT', priority: 3, cell: pair(({ inactive }) => inactive, countText) },
];

/** `51 % → 77 % ±1 %`: without the edit, with it, and how far nine of ten runs with it were off their mean at most. */
function pair(
  pick: (outlook: ServerOutlook) => Spread | null,
  text: (value: number) => string,
): (server: ServerForecast) => string {
  const own = (outlook: ServerOutlook | null, missing: string) => {
    const spread = outlook === null ? null : pick(outlook);
    if (outlook === null) return missing;
    return spread === null ? 'none' : text(spread.mean);
  };
  return ({ without, with: edited }) => {
    const spread = edited === null ? null : pick(edited);
    const off = spread === null ? 0 : Math.max(spread.high - spread.mean, spread.mean - spread.low);
    const offText = text(off).replace(/ %$/, '');
    const plusMinus = off === 0 || Number(offText) === 0 ? '' : ` ±${offText}`;
    return `${own(without, 'new')} → ${own(edited, 'gone')}${plusMinus}`;
  };
}

/** Address and port of a forecast's real server. */
export function serverName({ before, after }: ServerForecast): string {
  const server = after ?? before;
  return server === null ? '' : formatRealServer(server.identity);
}

/**
 * A forecast as lines of a table of at most `width` cells and `most` real servers; the least telling columns are left
 * out first.
 */
export function forecastLines({ servers }: Forecast, width: number, most = servers.length): string[] {
  const shown = servers.slice(0, most);
  const names = shown.map(serverName);
  const nameWidth = Math.max(0, ...names.map(({ length }) => length));
  const columns = forecastColumns
    .map(({ title, priority, cell }) => {
      const cells = shown.map(cell);
      return { title, priority, cells, width: Math.max(title.length, ...cells.map(({ length }) => length)) };
    })
    .sort((left, right) => left.priority - right.priority);
  const fitting = new Set<string>();
  let room = width - nameWidth;
  for (const column of columns) {
    room -= column.width + 2;
    if (room < 0) break;
    fitting.add(column.title);
  }
  const kept = forecastColumns.flatMap(({ title }) =>
    fitting.has(title) ? columns.filter((column) => column.title === title) : [],
  );
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(nameWidth)}${cells.map((cell, place) => `  ${cell.padStart(kept[place]?.width ?? 0)}`).join('')}`;
  return [
    line(
      '',
      kept.map(({ title }) => title),
    ),
    ...names.map((name, row) =>
      line(
        name,
        kept.map(({ cells }) => cells[row] ?? ''),
      ),
    ),
    ...(servers.length > most ? [`… and ${servers.length - most} more`] : []),
  ];
}

/** A forecast reduced to the `most` real servers that change most, edited ones first; they stay in their order. */
export function mostChanged(forecast: Forecast, most: number): Forecast {
  const change = ({ before, after, without, with: edited }: ServerForecast): number => {
    if (before === null || after === null || before.weight !== after.weight) return 2;
    return Math.abs((edited?.share?.mean ?? 0) - (without?.share?.mean ?? 0));
  };
  const kept = new Set(
    [...forecast.servers].sort((left, right) => change(right) - change(left)).slice(0, most),
  );
  return { ...forecast, servers: forecast.servers.filter((server) => kept.has(server)) };
}
