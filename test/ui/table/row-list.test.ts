import { describe, expect, it } from 'vitest';
import type { View } from '../../../src/sampling/view.ts';
import { haveSameKeys, rowOf, rowsBetween } from '../../../src/ui/table/row-list.ts';
import { buildRows, type RowOptions } from '../../../src/ui/table/rows.ts';
import { realServerOf, serviceKey } from '../../ipvs/keys.ts';
import { allRows, real, service, smallSite, viewOf } from '../fixed-view.ts';
import { columnId } from './column-id.ts';

const plain = allRows;
const web = serviceKey('tcp:203.0.113.10:80');

const lists: readonly [string, View, Partial<RowOptions>][] = [
  ['in the order of the view', smallSite(), {}],
  ['with a closed service', smallSite(), { closed: new Set([web]) }],
  ['in an order of their own', smallSite(), { sortColumn: columnId('active') }],
  ['flat', smallSite(), { flat: true }],
  ['of an empty table', viewOf([]), {}],
];

describe.each(lists)('rows %s', (_, view, options) => {
  const rows = buildRows(view, { ...plain, ...options });

  it('are found by their place and by their key', () => {
    expect([...rows]).toHaveLength(rows.length);
    for (const [index, { key }] of [...rows].entries()) {
      expect(rows.at(index)?.key).toBe(key);
      expect(rows.indexOf(key)).toBe(index);
      expect(rowOf(rows, key)?.key).toBe(key);
    }
  });

  it('are not found outside, nor by what is not there', () => {
    expect([rows.at(-1), rows.at(rows.length)]).toEqual([undefined, undefined]);
    expect(rows.indexOf(undefined)).toBe(-1);
    expect(rows.indexOf(serviceKey('tcp:192.0.2.99:1'))).toBe(-1);
    expect(rows.indexOf(realServerOf('tcp:192.0.2.99:1', '10.0.0.1:1'))).toBe(-1);
    expect(rows.indexOf(realServerOf(web, '192.0.2.99:1'))).toBe(-1);
  });

  it('come in stretches', () => {
    const keys = [...rows].map(({ key }) => key);
    expect([...rowsBetween(rows, 2, 5)].map(({ key }) => key)).toEqual(keys.slice(2, 5));
    expect([...rowsBetween(rows, -3, rows.length + 3)].map(({ key }) => key)).toEqual(keys);
  });

  it('have the same keys as themselves put together anew, and picked one by one', () => {
    expect(haveSameKeys(rows, buildRows(structuredClone(view), { ...plain, ...options }))).toBe(true);
    expect(haveSameKeys(rows, rows.picked([...[...rows].keys()]))).toBe(true);
    expect(haveSameKeys(rows, rows.picked([...[...rows].keys()].reverse()))).toBe(rows.length < 2);
  });
});

it('a closed service has no row of a real server', () => {
  const rows = buildRows(smallSite(), { ...plain, closed: new Set([web]) });
  expect(rows.indexOf(web)).toBe(0);
  expect(rows.indexOf(realServerOf(web, '10.0.0.21:8080'))).toBe(-1);
});

describe('the same keys', () => {
  const site = (...names: readonly string[]) =>
    buildRows(
      viewOf([
        service(
          web,
          {},
          names.map((name) => real(name)),
        ),
      ]),
      plain,
    );

  it('are had by rows of other numbers', () => {
    expect(haveSameKeys(site('10.0.0.1:80', '10.0.0.2:80'), site('10.0.0.1:80', '10.0.0.2:80'))).toBe(true);
  });

  it('are not had when a real server came, went or was replaced', () => {
    const before = site('10.0.0.1:80', '10.0.0.2:80');
    for (const names of [['10.0.0.1:80'], ['10.0.0.1:80', '10.0.0.3:80'], []])
      expect(haveSameKeys(before, site(...names))).toBe(false);
  });

  it('are not had when a service was closed', () => {
    const closed = buildRows(smallSite(), { ...plain, closed: new Set([web]) });
    expect(haveSameKeys(buildRows(smallSite(), plain), closed)).toBe(false);
  });
});
