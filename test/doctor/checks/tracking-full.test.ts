import { expect, test } from 'vitest';
import { trackingFull } from '../../../src/doctor/checks/tracking-full.ts';
import type { TrackedConnections } from '../../../src/host/machine/machine.ts';
import { site, told } from '../evidence.ts';

const find = (tracked?: TrackedConnections) =>
  trackingFull.find(site({ mode: 'nat', family: 'inet' }, { ...(tracked !== undefined && { tracked }) }));

test("the firewall's table is told of when it is full, and before", () => {
  const full = find({ count: 65536, most: 65536 });
  expect(told(full)).toEqual(['error tracking-full director']);
  expect(full[0]?.found).toBe('the firewall tracks 65536 connections of 65536 at most');
  expect(told(find({ count: 60000, most: 65536 }))).toEqual(['warning tracking-full director']);
});

test('room enough is no finding, nor is a table without a limit, or none', () => {
  expect(find({ count: 30000, most: 65536 })).toEqual([]);
  expect(find({ count: 30000, most: 0 })).toEqual([]);
  expect(find()).toEqual([]);
});
