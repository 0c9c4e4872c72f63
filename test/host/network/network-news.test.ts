import { expect, test } from 'vitest';
import { readNews } from '../../../src/host/network/network-news.ts';

/** `struct ndmsg` with a state, and the address 10.0.0.21 behind it. */
function neighbourMessage(state: number): { type: number; data: Buffer } {
  const data = Buffer.alloc(20);
  data.writeUInt8(2, 0);
  data.writeInt32LE(3, 4);
  data.writeUInt16LE(state, 8);
  data.writeUInt16LE(8, 12);
  data.writeUInt16LE(1, 14);
  data.set([10, 0, 0, 21], 16);
  return { type: 28, data };
}

test('a neighbour that nobody answers for is told with its link', () => {
  expect(readNews(neighbourMessage(0x20))).toEqual({
    kind: 'neighbour failed',
    address: '10.0.0.21',
    linkIndex: 3,
  });
});

test('neighbours that are well are no news', () => {
  expect(readNews(neighbourMessage(0x02))).toBeUndefined();
});

test('of everything else only that it has changed is told, and of what was lost, too', () => {
  expect(readNews({ type: 24, data: Buffer.alloc(12) })).toEqual({ kind: 'changed' });
  expect(readNews(undefined)).toEqual({ kind: 'changed' });
});
