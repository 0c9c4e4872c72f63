import { expect, test } from 'vitest';
import type { Director } from '../../src/director/director.ts';
import { settledSweep } from '../../src/sampling/sweep.ts';
import { directorWith } from '../changes/table.ts';

/** A director of which each dump of the services skips one, another each time, as those of the kernel can during edits. */
function skipping(director: Director): Director {
  let dumps = 0;
  return new Proxy(director, {
    get(target, key) {
      if (key === 'serviceBatches') {
        const skipped = dumps++;
        return () => [...target.serviceBatches()].map((batch) => batch.filter((_, at) => at !== skipped));
      }
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test('a service that one of two dumps skipped is there all the same', async () => {
  const director = skipping(directorWith({ 'fwm:1': [{}], 'fwm:2': [{}], 'fwm:3': [{}] }));
  const pace = { now: () => 0, turn: () => Promise.resolve(), slice: 1 };
  const { services } = await settledSweep(director, pace);
  expect([...services.rows.keys].sort()).toEqual(['fwm:1', 'fwm:2', 'fwm:3']);
});
