/** What an operator does most, done on the simulated director by the keys that `tasks.ts` counts. */
import { describe, expect, it } from 'vitest';
import { openScreen } from './open-screen.ts';
import { keysOf, tasks, usualSite } from './tasks.ts';

it.each(tasks)('$name: no more keys than its limit', (task) => {
  expect(keysOf(task)).toBeLessThanOrEqual(task.limit);
});

describe.each([
  [80, 24],
  [120, 36],
  [200, 50],
])('at %i by %i', (columns, rows) => {
  it.each(tasks)('$name', async ({ keys, site, before, isDone }) => {
    const screen = await openScreen({ columns, rows, ...usualSite(), ...(await site?.()) });
    await before?.(screen);
    for (const key of keys) await (typeof key === 'string' ? screen.press(key) : screen.type(key.typed));
    await isDone(screen);
  });
});
