import { describe, expect, it } from 'vitest';
import type { View } from '../../../src/sampling/view.ts';
import { noTraffic, type Traffic, trafficPeriod, withView } from '../../../src/ui/state/traffic.ts';
import { smallSite } from '../fixed-view.ts';

/** The view of a moment at which so many connections come in a second. */
function viewAt(period: number, connections: number): View {
  const site = smallSite();
  const rates = { connections, inPackets: 0, outPackets: 0, inBytes: 100, outBytes: 50 };
  return { ...site, time: period * trafficPeriod, totals: { ...site.totals, rates } };
}

const trafficOf = (...views: readonly View[]): Traffic => views.reduce(withView, noTraffic);

describe('the traffic of the last minutes', () => {
  it('has a reading for each period, renewed while it lasts', () => {
    const { newest, connections, bytes } = trafficOf(viewAt(10, 1), viewAt(10.5, 2), viewAt(11, 3));
    expect(newest).toBe(11);
    expect(connections).toEqual([2, 3]);
    expect(bytes).toEqual([150, 150]);
  });

  it('holds a rate for all the time since the reading before', () => {
    expect(trafficOf(viewAt(10, 1), viewAt(13, 4)).connections).toEqual([1, 4, 4, 4]);
  });

  it('begins with the first rates', () => {
    const { totals, ...view } = viewAt(9, 0);
    expect(trafficOf({ ...view, totals: { ...totals, rates: null } }, viewAt(10, 5)).connections).toEqual([
      5,
    ]);
  });

  it('does not grow without end, and survives a clock that is set', () => {
    expect(trafficOf(viewAt(1, 1), viewAt(100_000, 2)).connections).toHaveLength(240);
    expect(trafficOf(viewAt(10, 1), viewAt(3, 2), viewAt(4, 3)).connections).toEqual([1, 2, 3]);
  });
});
