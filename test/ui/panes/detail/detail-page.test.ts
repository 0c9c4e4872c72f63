import { describe, expect, test } from 'vitest';
import { makeAscii } from '../../../../src/terminal/ascii.ts';
import { Grid } from '../../../../src/terminal/grid.ts';
import { textWidth } from '../../../../src/terminal/width.ts';
import { type Line, lineText, paintLines } from '../../../../src/ui/kit/page.ts';
import { createTheme } from '../../../../src/ui/kit/theme.ts';
import { detailPage } from '../../../../src/ui/panes/detail/detail-page.ts';
import { shares } from '../../../../src/ui/panes/detail/history-graphs.ts';
import type { Row } from '../../../../src/ui/table/row.ts';
import {
  fixedHistory,
  mailService,
  realServerRow,
  realServerView,
  serviceRow,
  serviceView,
  webService,
} from '../../detail-view.ts';

/** Rows of a screen that are not the page's: header, title, status and keys. */
const around = 5;

function page(row: Row, columns: number, rows: number): Line[] {
  const history = fixedHistory(row.kind === 'service' ? 1 : 0.25);
  return detailPage(
    {
      row,
      history,
      drawn: { own: history, service: fixedHistory(1) },
      findings: [],
      managed: [],
      findingsAge: '',
      end: 'now',
    },
    columns,
    rows - around,
  );
}

function text(row: Row, columns: number, rows: number): string {
  return `\n${page(row, columns, rows).map(lineText).join('\n')}\n`;
}

const web = webService();
const mail = mailService();

describe('the detail of a service', () => {
  test.each([
    [80, 24],
    [120, 36],
    [200, 50],
  ])('on %d×%d', (columns, rows) => {
    expect(text(serviceRow(web), columns, rows)).toMatchSnapshot();
  });

  test('shows who gets what without scrolling on a low screen', () => {
    const shown = page(serviceRow(web), 80, 24)
      .slice(0, 24 - around)
      .map(lineText);
    expect(shown.filter((line) => /10\.0\.0\.2\d:8080/.test(line))).toHaveLength(4);
  });

  test('fits a screen of 120×36 with few real servers, but for what explains it', () => {
    const lines = page(serviceRow(web), 120, 36).map(lineText);
    expect(lines.findIndex((line) => line.startsWith('WHAT THE SCHEDULER'))).toBeLessThan(36 - around);
  });

  test('says first what hurts clients', () => {
    const drained = serviceView('tcp:203.0.113.9:80', { scheduler: 'sh' }, [
      realServerView('tcp:203.0.113.9:80', '10.0.0.1:80', { weight: 0 }),
      realServerView('tcp:203.0.113.9:80', '10.0.0.2:80', { weight: 0 }),
    ]);
    expect(page(serviceRow(drained), 120, 36).slice(0, 2).map(lineText)).toEqual([
      '▲ No real server takes new connections: every new client is rejected.',
      '▲ 2 of 2 take no new connections, and the clients that hash to them are rejected, since sh-fallback is not set.',
    ]);
  });

  test('without real servers says so', () => {
    const empty = serviceView('fwm:7', {}, []);
    expect(lineText(page(serviceRow(empty), 80, 24)[0]!)).toBe(
      '▲ There is no real server: every client is rejected.',
    );
  });
});

describe('the detail of a real server', () => {
  test.each([
    [80, 24],
    [120, 36],
    [200, 50],
  ])('on %d×%d', (columns, rows) => {
    expect(text(realServerRow(web, 2), columns, rows)).toMatchSnapshot();
  });

  test('in a tunnel', () => {
    expect(text(realServerRow(mail, 1), 120, 36)).toMatchSnapshot();
  });

  test('names the virtual address where a mode demands it', () => {
    expect(text(realServerRow(mail, 0), 120, 36)).toContain('2001:db8:10::25 on lo, arp_ignore=1');
  });

  test('that breaks a rule of its mode is warned of', () => {
    const wrong = serviceView('tcp:203.0.113.9:80', {}, [
      realServerView('tcp:203.0.113.9:80', '10.0.0.1:8080', { forwarding: 'dr' }),
    ]);
    expect(lineText(page(realServerRow(wrong, 0), 120, 36)[0]!)).toMatch(
      /^▲ 10\.0\.0\.1:8080: DR does not map ports/,
    );
  });
});

describe('a page', () => {
  const rows = [serviceRow(web), serviceRow(mail), realServerRow(web, 2), realServerRow(mail, 1)];

  test.each([[40], [52], [77], [80], [100], [120], [160], [200], [400]])('keeps to %d columns', (columns) => {
    for (const row of rows) {
      for (const line of page(row, columns, 40))
        expect(textWidth(lineText(line))).toBeLessThanOrEqual(columns);
    }
  });

  test('can be read in ASCII', () => {
    const grid = new Grid(80, 24);
    paintLines(grid, page(serviceRow(web), 80, 24), createTheme({ name: 'mono', depth: 'none' }));
    makeAscii(grid);
    expect(`\n${grid.toString()}\n`).toMatchSnapshot();
    expect(grid.toString()).not.toMatch(/[^\n -~]|\?/);
  });

  test('before anything is known has dots, and graphs without a curve', () => {
    const unknown = { ...web, rates: null };
    const shown = detailPage(
      {
        row: serviceRow(unknown),
        history: null,
        drawn: { own: null, service: null },
        findings: [],
        managed: [],
        findingsAge: '',
        end: 'now',
      },
      80,
      19,
    ).map(lineText);
    expect(shown[1]).toMatch(/^connections +… +…/);
    expect(shown.some((line) => line.startsWith('CONN/s …  max …'))).toBe(true);
  });
});

test('a share is told over the minute before, as in the table', () => {
  const own = [Number.NaN, 5, ...Array.from({ length: 60 }, () => 1)];
  const all = [Number.NaN, 5, ...Array.from({ length: 60 }, () => 4)];
  const told = [...shares(own, all, 30)];
  expect(told[0]).toBeNaN();
  expect(told[1]).toBe(100);
  expect(told[2]).toBeCloseTo((100 * 6) / 9);
  expect(told.at(-1)).toBeCloseTo(25);
});
