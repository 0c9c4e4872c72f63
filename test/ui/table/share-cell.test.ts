import { describe, expect, it } from 'vitest';
import type { PublicRealServerView } from '../../../src/sampling/view.ts';
import { deviationOf, shareCell } from '../../../src/ui/table/share-cell.ts';
import { real, service } from '../fixed-view.ts';

type Shares = Pick<PublicRealServerView, 'share' | 'due'>;

/** The cell of the first of real servers with these shares. */
function cellOf(servers: readonly Shares[], width: number) {
  const drafts = servers.map((_, at) => real(`10.0.0.${at + 1}:80`));
  const made = service('tcp:192.0.2.1:80', {}, drafts);
  const realServers = made.realServers.map((server, at) => ({ ...server, ...servers[at] }));
  const whole = { ...made, realServers };
  const [first] = realServers;
  if (first === undefined) throw new Error('there is a real server');
  return shareCell(whole, first, width);
}

const roleOf = (shares: Shares) => cellOf([shares], 18).marks?.[0]?.role;

describe('the bar of a share', () => {
  it('has its tick in the middle for the heaviest real server, and as much room for an excess', () => {
    const other = { share: 0.3, due: 0.2 };
    expect(cellOf([{ share: 0.4, due: 0.4 }, other], 18).text).toBe('━━━━┿────   40/40%');
    expect(cellOf([{ share: 0.2, due: 0.4 }, other], 18).text).toBe('━━╸─┼────   20/40%');
    expect(cellOf([{ share: 0.8, due: 0.4 }, other], 18).text).toBe('━━━━┿━━━━   80/40%');
  });

  it('shows what gets nothing, and what gets what is not due to it', () => {
    const other = { share: 0.5, due: 0.5 };
    expect(cellOf([{ share: 0, due: 0.5 }, other], 18).text).toBe('────┼────    0/50%');
    expect(cellOf([{ share: 0.5, due: 0 }, other], 18).text).toMatch(/^┿━+╸?─+ +50\/0%$/);
  });

  it('gives way to the numbers where there is no room', () => {
    expect(cellOf([{ share: 0.4, due: 0.5 }], 9).text).toBe('40/50%');
    expect(cellOf([{ share: 1, due: 1 }], 15).text).toHaveLength(15);
  });

  it('is not there where neither is known', () => {
    expect(cellOf([{ share: null, due: null }], 18)).toEqual({ text: '—', role: 'dim' });
  });
});

it('is green within 6 points of what is due, yellow within 15, red beyond', () => {
  expect(roleOf({ share: 0.44, due: 0.5 })).toBe('good');
  expect(roleOf({ share: 0.43, due: 0.5 })).toBe('warning');
  expect(roleOf({ share: 0.65, due: 0.5 })).toBe('warning');
  expect(roleOf({ share: 0.66, due: 0.5 })).toBe('error');
  expect(deviationOf({ share: 0.25, due: 0.5 })).toBe(25);
  expect(deviationOf({ share: null, due: 0.5 })).toBeNull();
});
