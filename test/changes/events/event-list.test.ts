import { expect, test } from 'vitest';
import type { TableEvent } from '../../../src/changes/events/event.ts';
import { EventList } from '../../../src/changes/events/event-list.ts';

const event = (text: string): TableEvent => ({ kind: 'edited', time: 0, about: null, text, by: 'own' });

test('the newest come first, and the oldest are forgotten', () => {
  const list = new EventList(3);
  list.add([event('a'), event('b')]);
  const before = list.all;
  list.add([event('c'), event('d')]);
  expect(list.all.map(({ text }) => text)).toEqual(['d', 'c', 'b']);
  expect(before.map(({ text }) => text)).toEqual(['b', 'a']);
});
