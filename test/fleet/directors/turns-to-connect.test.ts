import { expect, it } from 'vitest';
import { TurnsToConnect } from '../../../src/fleet/directors/turns-to-connect.ts';

it('lets so many connect at a time, in their order', async () => {
  const turns = new TurnsToConnect(2);
  const order: string[] = [];
  const take = async (name: string) => {
    const over = await turns.take();
    order.push(name);
    return over;
  };
  const [first, , third] = [take('a'), take('b'), take('c')];
  const over = await first;
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual(['a', 'b']);
  over();
  over();
  await third;
  expect(order).toEqual(['a', 'b', 'c']);
});
