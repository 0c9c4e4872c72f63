import type { View } from '../../../src/sampling/view.ts';
import { styleTransition } from '../../../src/terminal/sgr.ts';
import { DEFAULT_STYLE } from '../../../src/terminal/style.ts';
import { formatAmount, formatBits } from '../../../src/ui/kit/number-format.ts';
import { createTheme } from '../../../src/ui/kit/theme.ts';
import type { CellText } from '../../../src/ui/table/cell-text.ts';
import { placeColumns } from '../../../src/ui/table/place-columns.ts';
import type { Row } from '../../../src/ui/table/row.ts';

/** What begins each look, as a terminal of 256 colours takes it. */
const colours = Object.fromEntries(
  Object.entries(createTheme({ name: 'dark', depth: '256' }).roles).map(([role, style]) => [
    role,
    styleTransition(DEFAULT_STYLE, style, '256'),
  ]),
);
const cursorGround = '\x1b[48;5;236m';
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
    const rows = this.#rowsInSight(view);
    rows.forEach((row, index) => {
      const ground = index === 0 ? cursorGround : '';
      for (const { column, x, width } of this.#placed) {
        const cell = column.cell(row, width);
        let before = ' '.repeat(column.align === 'left' ? 0 : width - cell.text.length);
        if (column.id === 'name') before = branchOf(row, rows[index + 1]);
        const behind = ' '.repeat(Math.max(0, width - before.length - cell.text.length));
        put(x, linesAboveRows + index, `${ground}${before}${coloured(cell, ground)}${behind}\x1b[m`);
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

/** Fold sign, or branch to a real server. */
function branchOf(row: Row, next: Row | undefined): string {
  if (row.kind === 'service') return '▾ ';
  return `${colours.line}${next?.kind === 'real server' ? '├' : '└'}\x1b[m   `;
}

/** A cell in its colours. */
function coloured({ text, role, marks }: CellText, ground: string): string {
  const begin = role === undefined ? ground : `${ground}${colours[role]}`;
  if (marks === undefined) return begin + text;
  let shown = begin;
  let at = 0;
  for (const mark of marks) {
    shown += `${text.slice(at, mark.from)}${colours[mark.role]}${text.slice(mark.from, mark.to)}\x1b[m${begin}`;
    at = mark.to;
  }
  return shown + text.slice(at);
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
