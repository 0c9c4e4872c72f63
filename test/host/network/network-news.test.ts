import type { rt } from 'netlink';
import { expect, test } from 'vitest';
import { readNews } from '../../../src/host/network/network-news.ts';

/** The neighbour 10.0.0.21 on the interface with index 3. */
function neighbourMessage(state: rt.NeighborState): rt.Message {
  return {
    kind: 'neighbor',
    data: { family: 2, ifindex: 3, state },
    attrs: { dst: Buffer.of(10, 0, 0, 21) },
  };
}

test('a neighbour that nobody answers for is told with its link', () => {
  expect(readNews(neighbourMessage({ failed: true }))).toEqual({
    kind: 'neighbour failed',
    address: '10.0.0.21',
    linkIndex: 3,
  });
});

test('neighbours that are well are no news', () => {
  expect(readNews(neighbourMessage({ reachable: true }))).toBeUndefined();
});

test('of everything else only that it has changed is told, and of what was lost, too', () => {
  expect(readNews({ kind: 'route', data: {}, attrs: {} })).toEqual({ kind: 'changed' });
  expect(readNews(undefined)).toEqual({ kind: 'changed' });
});
