import { describe, expect, it } from 'vitest';
import { Grid } from '../../../src/terminal/grid.ts';
import { DEFAULT_STYLE, styleBackground } from '../../../src/terminal/style.ts';
import { createTheme } from '../../../src/ui/kit/theme.ts';
import { columnIds, columns } from '../../../src/ui/table/columns.ts';
import { buildRows } from '../../../src/ui/table/rows.ts';
import { nameWidthOf, paintTable, rowText, type TableFrame } from '../../../src/ui/table/table-painter.ts';
import { serviceKey } from '../../ipvs/keys.ts';
import { allRows, real, service, smallSite, viewOf } from '../fixed-view.ts';
import { columnId } from './column-id.ts';

const theme = createTheme({ name: 'dark', depth: '256' });
const closed = new Set([serviceKey('tcp:198.51.100.20:8443')]);
const rows = buildRows(smallSite(), { ...allRows, closed });

/** A table of `smallSite`, painted. */
function painted(change: Partial<TableFrame> = {}, width = 90, height = 8): Grid {
  const grid = new Grid(width, height);
  paintTable(grid, {
    rows,
    top: 0,
    time: smallSite().time,
    cursorKey: undefined,
    tagged: new Set(),
    sortColumn: null,
    reverse: false,
    flat: false,
    columns: null,
    access: 'full',
    theme,
    nameWidth: nameWidthOf(rows, false),
    emptyText: [],
    ...change,
  });
  return grid;
}

/** The background of a row of cells where it is the same on all of them. */
function backgroundOf(grid: Grid, y: number): number | undefined {
  const all = new Set([...stylesOf(grid, y)].map(styleBackground));
  return all.size === 1 ? [...all][0] : undefined;
}

/** The styles in a row of cells, each once. */
function stylesOf(grid: Grid, y: number): Set<number> {
  return new Set(Array.from({ length: grid.width }, (_, x) => grid.cell(x, y).style));
}

describe('the painted table', () => {
  it('has its titles on a bar as wide as itself, and a row a line', () => {
    const grid = painted();
    expect(grid.rowText(0)).toMatch(/^ {2}SERVICE \/ REAL SERVER .*MODE .*WEIGHT .*ACTIVE/);
    expect(backgroundOf(grid, 0)).toBe(styleBackground(theme.roles.columnTitle));
    expect(grid.rowText(1)).toContain('▾ tcp:203.0.113.10:80');
    expect(grid.rowText(2)).toContain('├   10.0.0.21:8080');
    expect(grid.rowText(4)).toContain('└   10.0.0.23:8080');
    expect(grid.rowText(7)).toContain('▸ tcp:198.51.100.20:8443');
  });

  it('begins with the row that is scrolled to, and leaves what is behind its end blank', () => {
    const grid = painted({ top: rows.length - 2 });
    // In the place of the first row stands the service that it belongs to.
    expect(grid.rowText(1)).toContain('▾ tcp:[2001:db8:10::80]:443');
    expect(grid.rowText(2)).toContain('fwm:7');
    expect(grid.rowText(3)).toBe('');
  });

  it('shows the cursor on the whole line, and nowhere else', () => {
    const grid = painted({ cursorKey: rows.at(2)?.key });
    expect(backgroundOf(grid, 3)).toBe(styleBackground(theme.roles.selected));
    for (const y of [1, 2, 4]) expect(backgroundOf(grid, y)).toBe(styleBackground(DEFAULT_STYLE));
  });

  it.each([80, 100, 120, 200])('keeps titles apart at %i columns, the sorted one with its arrow', (width) => {
    for (const { id } of columns) {
      for (const reverse of [false, true]) {
        const titles = painted({ sortColumn: id, reverse }, width).rowText(0);
        const arrow = /[▲▼](\S*)/.exec(titles);
        expect(arrow?.[1] ?? '', `${id}: ${titles}`).toBe('');
        const plain = painted({}, width).rowText(0).trim().split(/ +/).length;
        expect(titles.trim().split(/ +/), `${id}: ${titles}`).toHaveLength(plain);
      }
    }
  });

  it.each([60, 80, 100, 120, 200])('never cuts a title for its arrow at %i columns', (width) => {
    for (const { id, title, shortTitle = title } of columns) {
      for (const chosen of [null, [id]]) {
        const titles = painted({ sortColumn: id, columns: chosen }, width).rowText(0);
        const isShown = titles.includes('▲') || titles.includes('▼');
        if (chosen !== null) expect(isShown, titles).toBe(true);
        if (!isShown) continue;
        const before = titles.split(/[▲▼]/)[0] ?? '';
        expect(before.endsWith(title) || before.endsWith(shortTitle), `${id}: ${titles}`).toBe(true);
      }
    }
  });

  it('never hides the port of a long name, and shortens the address in its middle', () => {
    const long = buildRows(
      viewOf([
        service('tcp:192.168.100.200:8443', {}, [real('10.200.100.100:65535')]),
        service('udp:[2001:db8:10:20:30:40:50:60]:53', {}, [real('[2001:db8:10:20:30:40:50:61]:5353')]),
      ]),
      allRows,
    );
    const nameWidth = nameWidthOf(long, false);
    const whole = painted({ rows: long, nameWidth }, 80);
    expect(whole.rowText(4)).toMatch(/^ {2}└ {3}\[2001:db8:10:20:30:40:50:61\]:5353 +(NAT|DR)/);
    const chosen = columnIds(['mode', 'weight', 'active', 'inactive', 'connections', 'inBits', 'outBits']);
    const grid = painted({ rows: long, nameWidth, columns: chosen }, 80);
    expect(grid.rowText(1)).toMatch(/^ {2}▾ ?tcp:192\.168\S*:8443 /);
    expect(grid.rowText(3)).toMatch(/^ {2}▾ ?udp:\[2001\S*…\S*60\]:53 /);
    expect(grid.rowText(4)).toMatch(/^ {2}└ {3}\[2001\S*…\S*1\]:5353 /);
  });

  it('marks what is tagged with a star, not by colour alone', () => {
    const grid = painted({ tagged: new Set([rows.at(1)!.key]) });
    expect(grid.rowText(2)).toMatch(/^\*/);
    expect(grid.rowText(1)).not.toMatch(/^\*/);
  });

  it('tells by an arrow which column sorts, and which way', () => {
    expect(painted({ sortColumn: columnId('active') }, 120).rowText(0)).toContain('ACTIVE▼');
    expect(painted({ sortColumn: columnId('active'), reverse: true }, 120).rowText(0)).toContain('ACTIVE▲');
    expect(painted({ sortColumn: columnId('name') }, 120).rowText(0)).toContain('SERVICE / REAL SERVER▲');
    // The numbers of the column and of those behind it stay where they are.
    const words = (line: string) => line.trim().split(/ +/);
    const numbers = (grid: Grid) => grid.rowText(1).slice(grid.rowText(1).indexOf('8965'));
    // The arrow has a cell of its own, and moves no number out of sight.
    for (const width of [80, 90, 120])
      expect(words(numbers(painted({ sortColumn: columnId('active') }, width)))).toEqual(
        words(numbers(painted({}, width))),
      );
  });

  it('warns of a weight of 0, of a full real server, and of a share far from what is due', () => {
    const grid = painted({}, 100);
    expect(stylesOf(grid, 4)).toContain(theme.roles.warning);
    expect(grid.rowText(3)).toContain('├ ⊘ 10.0.0.22:8080');
    expect(stylesOf(grid, 3)).toContain(theme.roles.error);
    expect(stylesOf(grid, 2)).toContain(theme.roles.good);
    for (const role of ['warning', 'error'] as const)
      expect(stylesOf(grid, 2)).not.toContain(theme.roles[role]);
  });

  it('says what it is told to where there are no rows', () => {
    const grid = painted({ rows: [], emptyText: ['There is nothing.', 'Press a.'] });
    expect(grid.toString()).toMatch(/SERVICE[\s\S]*\n {2}There is nothing\.\n {2}Press a\./);
  });

  it('shows what rows carried beside their connections where it is wide', () => {
    const past = { traffic: (key: string) => (key === rows.at(0)?.key ? [0, 0, 1000, 1000] : []) };
    const grid = painted({ past }, 250);
    const at = grid.rowText(0).indexOf('TRAFFIC') + 'TRAFFIC'.length;
    expect(grid.rowText(1).slice(at - 2, at)).toBe('⣀⣿');
    expect(grid.cell(at - 1, 1).style).toBe(theme.roles.bits);
    expect(
      grid
        .rowText(2)
        .slice(at - 2, at)
        .trim(),
    ).toBe('');
    expect(painted({ past }, 120).rowText(0)).not.toContain('TRAFFIC');
  });

  it('says of rows that were read before the last reading how old they are', () => {
    const { time } = smallSite();
    const site = smallSite();
    const services = site.services.map((service) => ({ ...service, realServersTime: time - 12_000 }));
    const old = buildRows({ ...site, services }, { ...allRows, closed });
    const grid = painted({ rows: old });
    expect(grid.rowText(1)).toMatch(/^ ~▾ tcp:203\.0\.113\.10:80 +NAT/);
    expect(painted({ rows: old }, 110).rowText(2)).toMatch(/^ ~├ {3}10\.0\.0\.21:8080 12s old +NAT/);
    expect(grid.cell(grid.rowText(1).indexOf('NAT'), 1).style).toBe(theme.roles.dim);
    expect(painted().rowText(1)).not.toContain('old');
    for (let width = 1; width <= 60; width++)
      expect(painted({ rows: old }, width).rowText(1).length).toBeLessThanOrEqual(width);
  });

  it('stays within its rectangle at every size', () => {
    for (let width = 1; width <= 130; width++) {
      const grid = new Grid(width + 2, 6);
      grid.fill({ x: 0, y: 0, width: width + 2, height: 6 }, undefined, '#');
      const inside = grid.view({ x: 1, y: 1, width, height: 4 });
      paintTable(inside, {
        ...{
          rows,
          top: 0,
          time: 0,
          cursorKey: rows.at(1)?.key,
          tagged: new Set([...rows].map(({ key }) => key)),
        },
        ...{
          sortColumn: columnId('outBits'),
          reverse: true,
          flat: false,
          columns: null,
          theme,
          emptyText: [],
        },
        access: 'full',
        nameWidth: nameWidthOf(rows, false),
      });
      expect(grid.rowText(0), `${width} columns`).toBe('#'.repeat(width + 2));
      expect(grid.rowText(5), `${width} columns`).toBe('#'.repeat(width + 2));
      for (let y = 1; y < 5; y++) {
        expect(grid.cell(0, y).text, `${width} columns`).toBe('#');
        expect(grid.cell(width + 1, y).text, `${width} columns`).toBe('#');
      }
    }
  });

  it('shows foreign names as they are, without obeying them', () => {
    const evil = viewOf([
      service('tcp:192.0.2.1:80', { scheduler: 'x\x1b[2J\u202e' }, [real('10.0.0.1:80')]),
    ]);
    const grid = painted({
      rows: buildRows(evil, allRows),
    });
    expect(grid.toString()).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
  });
});

describe('a row as text', () => {
  it('reads like the painted one', () => {
    const [first] = rows;
    if (first === undefined) throw new Error('there is a first row');
    expect(rowText(first, 90, false).trim().replace(/\s+/g, ' ')).toBe(
      painted({ nameWidth: 0 }).rowText(1).trim().replace(/\s+/g, ' '),
    );
  });

  it('is not wider than it is asked to be', () => {
    for (let width = 3; width <= 200; width++) {
      for (const row of rows) expect(rowText(row, width, false).length).toBeLessThanOrEqual(width);
    }
  });
});
