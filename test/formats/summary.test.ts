import { expect, it } from 'vitest';
import { formatSummary, readSummary } from '../../src/formats/summary.ts';
import { summary } from '../fleet/directors/fleet-double.ts';

it('is read as it was written', () => {
  const written = summary({ configurationHash: 2 ** 48 - 1, vrrp: [{ name: 'VI_1', state: 'master' }] });
  expect(readSummary(formatSummary(written))).toEqual(written);
});

it('is nothing else', () => {
  expect(readSummary('')).toBe(undefined);
  expect(readSummary('{"version":2}')).toBe(undefined);
  expect(readSummary(formatSummary(summary()).replace('"live"', '"alive"'))).toBe(undefined);
  expect(readSummary(formatSummary(summary()).replace('"active":100', '"active":-1'))).toBe(undefined);
});
