import { expect, it } from 'vitest';
import { ConnectionCount, type Grouping } from '../../src/clients/connection-count.ts';
import type { ConnectionContext } from '../../src/clients/connection-facts.ts';
import { ConnectionReading } from '../../src/clients/connection-reading.ts';
import { RouteOwners } from '../../src/clients/route-owners.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { allAtOnce } from '../../src/system/turns.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 3 });

function countsBy(reading: ConnectionReading, by: Grouping): Map<string, number> {
  const context: ConnectionContext = { table: reading.table, owners: new RouteOwners([]), timeouts: null };
  const count = new ConnectionCount(context, by);
  allAtOnce(count.take());
  return new Map(
    allAtOnce(count.ranked('connections', false, 100_000)).map(({ name, connections }) => [
      name,
      connections,
    ]),
  );
}

it('of the first tenth of a table 95 of 100 numbers lie within their errors, of all that there is', () => {
  const whole = new ConnectionReading(director, 0, () => 0);
  allAtOnce(whole.read('all'));
  const sample = new ConnectionReading(director, whole.total, () => 0);
  const work = sample.read('all');
  while (sample.table.length < whole.total / 10) work.next();
  sample.stop();
  allAtOnce(work);
  expect(sample.state).toBe('sample');
  for (const by of ['client', 'network', 'real', 'state'] as const) {
    const truth = countsBy(whole, by);
    const seen = countsBy(sample, by);
    const held = [...truth].filter(([name, connections]) => {
      const { value, error } = sample.estimate(seen.get(name) ?? 0);
      return Math.abs(value - connections) <= error;
    });
    expect(held.length / truth.size, by).toBeGreaterThanOrEqual(0.95);
  }
});
