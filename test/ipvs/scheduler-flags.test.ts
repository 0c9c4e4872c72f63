import { describe, expect, test } from 'vitest';
import { schedulerFlagNames } from '../../src/ipvs/scheduler.ts';
import {
  carriedSchedulerFlags,
  parseSchedulerFlags,
  usableSchedulerFlags,
} from '../../src/ipvs/scheduler-flags.ts';

describe('scheduler flags', () => {
  test.each([
    ['sh', 'sh-fallback', 1],
    ['sh', 'sh-port,sh-fallback', 3],
    ['sh', 'fallback, port', 3],
    ['mh', 'mh-port', 2],
    ['sh', 'flag-1', 1],
    ['custom', 'flag-1,flag-3', 5],
    ['wlc', 'none', 0],
    ['wlc', '', 0],
  ])('of %s: "%s" is %i', (scheduler, text, bits) => {
    expect(parseSchedulerFlags(scheduler, text)).toBe(bits);
  });

  test.each([
    ['wlc', 'sh-port', /it is a flag of the scheduler sh, not of wlc; leave the flags out/],
    ['mh', 'sh-port', /it is a flag of the scheduler sh, not of mh; give mh-fallback or mh-port/],
    ['sh', 'flag-3', /the scheduler sh has no such flag; give sh-fallback or sh-port/],
    ['rr', 'flag-1', /the scheduler rr has no such flag; leave the flags out/],
    ['sh', 'typo', /"typo": the scheduler sh has no such flag/],
  ])('of %s: "%s" is refused', (scheduler, text, message) => {
    expect(() => parseSchedulerFlags(scheduler, text)).toThrow(message);
  });

  test('names are read back as they are written', () => {
    for (const scheduler of ['sh', 'mh', 'custom']) {
      for (let bits = 0; bits <= usableSchedulerFlags(scheduler); bits++) {
        const usable = bits & usableSchedulerFlags(scheduler);
        expect(parseSchedulerFlags(scheduler, schedulerFlagNames(scheduler, usable).join(','))).toBe(usable);
      }
    }
  });

  test('go along where they mean the same', () => {
    expect(carriedSchedulerFlags('sh', 'mh', 3)).toBe(3);
    expect(carriedSchedulerFlags('mh', 'sh', 1)).toBe(1);
    expect(carriedSchedulerFlags('sh', 'wlc', 3)).toBe(0);
    expect(carriedSchedulerFlags('custom', 'sh', 7)).toBe(0);
    expect(carriedSchedulerFlags('sh', 'custom', 3)).toBe(0);
  });
});
