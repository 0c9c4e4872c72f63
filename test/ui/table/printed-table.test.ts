import { describe, expect, it } from 'vitest';
import { columnIds } from '../../../src/ui/table/columns.ts';
import { chosenRows, printTable } from '../../../src/ui/table/printed-table.ts';
import { real, service, smallSite, viewOf } from '../fixed-view.ts';

const all = { filter: '', sort: null, columns: null };
const wide = { width: null, colorDepth: 'none' } as const;

function printed(width: number | null, change: Partial<Parameters<typeof printTable>[1]> = {}) {
  const paper = { width, colorDepth: 'none' } as const;
  return printTable(chosenRows(smallSite(), all), { ...all, ...change }, 'rates', paper);
}

describe('a printed table', () => {
  it('has names as commands take them, and the numbers of the screen', () => {
    const { lines, leftOut } = printed(null);
    expect(leftOut).toEqual([]);
    expect(lines[0]).toMatch(/^SERVICE \/ REAL SERVER +MODE +SCHED +WEIGHT/);
    expect(lines[1]).toMatch(/^tcp:203\.0\.113\.10:80 +NAT +wrr +5 /);
    expect(lines[2]).toMatch(/^ {2}10\.0\.0\.21:8080 +NAT +3 +51\/50% +6012 /);
    expect(lines.find((line) => line.startsWith('fwm:7'))).toContain('300');
  });

  it.each([40, 60, 80, 120])('fits %i cells, and names are whole', (width) => {
    const { lines, leftOut } = printed(width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.some((line) => line.startsWith('  [2001:db8:20::31]:443'))).toBe(true);
    expect(leftOut.length).toBeGreaterThan(0);
  });

  it('leaves out settings that nobody has', () => {
    const plain = viewOf([service('tcp:192.0.2.1:80', {}, [real('10.0.0.1:80')])]);
    const { lines, leftOut } = printTable(chosenRows(plain, all), all, 'once', wide);
    expect(lines[0]).not.toMatch(/UPPER|TUNNEL|FLAGS/);
    expect(leftOut).toEqual([]);
  });

  it('has the columns that were chosen, in their order', () => {
    expect(printed(null, { columns: columnIds(['upper', 'active']) }).lines[0]).toMatch(
      /^SERVICE \/ REAL SERVER +UPPER +ACTIVE$/,
    );
  });

  it('does nothing to a terminal by foreign names', () => {
    const evil = viewOf([service('tcp:192.0.2.1:80', { scheduler: 'x\x1b[2J\u202e' })]);
    const { lines } = printTable(chosenRows(evil, all), all, 'once', wide);
    expect(lines.join('')).not.toMatch(/[\x1b\u202e]/);
  });
});
