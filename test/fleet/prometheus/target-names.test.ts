import { expect, it } from 'vitest';
import {
  hostOf,
  quoted,
  quotedAnyOf,
  targetKey,
  targetNames,
} from '../../../src/fleet/prometheus/target-names.ts';

it('a target is called by its host, and by more where two would be called the same', () => {
  const names = new Set(['job', 'instance']);
  const target = (instance: string, job: string, hostName: string | null = null) => {
    const labels = { instance, job, service: 'x' };
    return [targetKey(labels, names), { labels, hostName }] as const;
  };
  const shown = (
    ...targets: readonly (readonly [
      string,
      { labels: { instance: string; job: string; service: string }; hostName: string | null },
    ])[]
  ) => [...targetNames(new Map(targets)).values()].map(({ name }) => name);
  expect(shown(target('lb1.example:9753', 'a'), target('[2001:db8::1]:9753', 'a'))).toEqual([
    'lb1.example',
    '2001:db8::1',
  ]);
  expect(shown(target('lb1:9753', 'a'), target('lb1:9754', 'a'))).toEqual(['lb1:9753', 'lb1:9754']);
  expect(shown(target('lb1:9753', 'a'), target('lb1:9753', 'b'))).toEqual(['lb1:9753 a', 'lb1:9753 b']);
  expect(shown(target('127.0.0.1:9753', 'a', 'lb7'))).toEqual(['lb7']);
});

it('names that ssh would take for something else are no hosts', () => {
  expect(hostOf('-oProxyCommand=x')).toBe(null);
  expect(hostOf('lb1 x')).toBe(null);
  expect(hostOf('localhost:9753')).toBe(null);
  expect(hostOf('')).toBe(null);
});

it('values are quoted for PromQL', () => {
  expect(quoted('a"b\\c\nd')).toBe('"a\\"b\\\\c\\nd"');
  expect(quotedAnyOf(['lb1.x:9', 'a|b'])).toBe('"lb1\\\\.x:9|a\\\\|b"');
});
