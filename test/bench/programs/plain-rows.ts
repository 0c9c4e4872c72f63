import type { View } from '../../../src/sampling/view.ts';
import { formatAmount, formatBits } from '../../../src/ui/kit/number-format.ts';
import { placeColumns } from '../../../src/ui/table/place-columns.ts';
import type { Row } from '../../../src/ui/table/row.ts';

const colours: Readonly<Record<string, string>> = {
  service: '\x1b[1m',
  dim: '\x1b[90m',
  warning: '\x1b[33m',
  trend: '\x1b[32m',
};
const linesAboveRows = 3;
const linesBelowRows = 2;

/**
 * The same picture without any framework, as short as it can be written by hand: each field that is another than
 * before behind a cursor address. It knows this one picture, no dialog and no foreign character, and looks at
 * nothing that is not in sight.
 */
export class PlainRows {
  readonly #rows: number;
  readonly #placed;
  #shown: string[] = [];

  constructor(columns: number, rows: number, nameWidth: number) {
    this.#rows = rows - linesAboveRows - linesBelowRows;
    this.#placed = placeColumns(columns, nameWidth);
  }

  /** The bytes of one frame. */
  draw(view: View): Buffer {
    let frame = '';
    let place = 0;
    const put = (x: number, y: number, text: string) => {
      if (this.#shown[place] !== text) {
        this.#shown[place] = text;
        frame += `\x1b[${y + 1};${x + 1}H${text}`;
      }
      place += 1;
    };
    put(0, 0, headOf(view));
    put(0, 1, `${trafficOf(view)}\x1b[K`);
    for (const { column, x, width } of this.#placed)
      put(x, linesAboveRows - 1, `\x1b[30;42m${pad(column.title, width, column.align)}\x1b[m`);
    this.#rowsInSight(view).forEach((row, index) => {
      for (const { column, x, width } of this.#placed) {
        const { text, role } = column.cell(row, width);
        const indent = column.id === 'name' ? (row.kind === 'service' ? '▾ ' : '    ') : '';
        const fitted = pad(indent + text, width, column.align);
        const colour = index === 0 ? '\x1b[30;46m' : role === undefined ? undefined : colours[role];
        put(x, linesAboveRows + index, colour === undefined ? fitted : `${colour}${fitted}\x1b[m`);
      }
    });
    return Buffer.from(frame);
  }

  /** The texts of all fields in sight, to tell how many of them changed. */
  fields(view: View): string[] {
    return this.#rowsInSight(view).flatMap((row) =>
      this.#placed.map(({ column, width }) => column.cell(row, width).text),
    );
  }

  #rowsInSight(view: View): Row[] {
    const rows: Row[] = [];
    for (const service of view.services) {
      rows.push({ kind: 'service', key: service.key, service, open: true });
      for (const realServer of service.realServers)
        rows.push({ kind: 'real server', key: realServer.key, service, realServer });
      if (rows.length >= this.#rows) break;
    }
    return rows.slice(0, this.#rows);
  }
}

function headOf({ director, totals }: View): string {
  return `lvstop ${director.hostName}   IPVS ${director.info?.version}   ● live 1s   ${totals.services} services ${totals.realServers} real servers`;
}

function trafficOf({ totals: { connections, rates } }: View): string {
  return [
    `active ${formatAmount(connections.active)} inactive ${formatAmount(connections.inactive)}`,
    `${formatAmount(rates?.connections ?? 0)} conn/s`,
    `in ${formatBits(rates?.inBytes ?? 0)}bit/s`,
    `out ${formatBits(rates?.outBytes ?? 0)}bit/s`,
    `in ${formatAmount(rates?.inPackets ?? 0)} pkt/s`,
    `out ${formatAmount(rates?.outPackets ?? 0)} pkt/s`,
  ].join('   ');
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}
