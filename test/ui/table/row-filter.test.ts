import { describe, expect, it } from 'vitest';
import type { Severity } from '../../../src/forwarding/diagnosis.ts';
import type { RowKey } from '../../../src/ipvs/identity.ts';
import { findingMarks } from '../../../src/ui/table/finding-marks.ts';
import {
  asksForNumbers,
  asksForStates,
  completeRowFilter,
  rowFilter,
} from '../../../src/ui/table/row-filter.ts';
import { buildRows, type RowOptions } from '../../../src/ui/table/rows.ts';
import { realServerOf, serviceKey } from '../../ipvs/keys.ts';
import { allRows, smallSite } from '../fixed-view.ts';

const web = serviceKey('tcp:203.0.113.10:80');
const [web21, web22, web23] = ['21', '22', '23'].map((host) => realServerOf(web, `10.0.0.${host}:8080`));
const dns = 'udp:203.0.113.53:53';
const dns11 = realServerOf(dns, '10.0.2.11:53');
const mixed = 'tcp:198.51.100.20:8443';
const [mixedTun, mixedDr] = [`${mixed} 10.20.0.11:8443`, `${mixed} 10.0.9.9:8443`];
const six = 'tcp:[2001:db8:10::80]:443';
const six31 = `${six} [2001:db8:20::31]:443`;
const mark = serviceKey('fwm:7');
const everything = [web, web21, web22, web23, dns, dns11, mixed, mixedTun, mixedDr, six, six31, mark];

function found(filter: string, options: Partial<RowOptions> = {}): string[] {
  expect(rowFilter(filter).kind, filter).toBe('filter');
  return [...buildRows(smallSite(), { ...allRows, ...options, filter })].map(({ key }) => key);
}

describe('a word', () => {
  it.each([
    ['an address, whole or in part', '203.0.113.53', [dns, dns11]],
    ['a real server', '10.0.0.22', [web, web22]],
    ['a mode, in either case', 'tun', [mixed, mixedTun]],
    ['a scheduler', 'wlc', [mixed, mixedTun, mixedDr]],
    ['a service as commands write it', web, [web, web21, web22, web23]],
    ['an IPv6 address', '[2001:db8:20::31]:443', [six, six31]],
    ['a firewall mark as commands write it', 'fwm:7', [mark]],
    ['a state by its whole name', 'drained', [web, web23]],
    ['another one, in either case', 'OVERLOADED', [web, web22]],
    ['what there is not', 'nowhere', []],
    ['with a blank in it, in quotation marks', '"53 rr"', [dns, dns11]],
  ])('finds %s', (_what, filter, rows) => {
    expect(found(filter)).toEqual(rows);
  });

  it('of a mode does not find what is drained', () => {
    expect(found('DR')).toEqual([mixed, mixedDr, dns, dns11, six, six31].sort(inOrder));
  });
});

describe('a subnet', () => {
  it.each([
    ['10.0.0.0/24', [web, web21, web22, web23]],
    ['10.0.0.22/31', [web, web22, web23]],
    ['10.20.0.0/16', [mixed, mixedTun]],
    ['203.0.113.0/24', [web, web21, web22, web23, dns, dns11]],
    ['2001:db8:20::/48', [six, six31]],
    ['0.0.0.0/0', [web, web21, web22, web23, dns, dns11, mixed, mixedTun, mixedDr]],
  ])('%s finds services and real servers in it', (filter, rows) => {
    expect(found(filter)).toEqual(rows);
  });
});

describe('a field', () => {
  it.each([
    ['mode:dr', [dns, dns11, mixed, mixedDr, six, six31]],
    ['MODE:nat|tun', [web, web21, web22, web23, mixed, mixedTun]],
    ['mode=mixed', [mixed]],
    ['sched:wlc', [mixed, mixedTun, mixedDr]],
    ['sched!=wlc', everything.filter((key) => !key?.startsWith(mixed))],
    ['active>=3000', [web, web21, six, six31]],
    ['active<3 and active>0', []],
    ['active=3', [web, web23]],
    ['conn/s>400', [web, web21, dns, dns11]],
    ['connections > 4k', [dns, dns11]],
    ['inbit/s>100M', [web, web21]],
    ['weight=0', [web, web23, mark]],
    ['share!=due', [web, web22]],
    ['share<due', [web, web22]],
    ['deviation>30', [web, web22]],
    ['due>=33%', [web, web21, web22, dns, dns11]],
    ['name:10.20', [mixed, mixedTun]],
  ])('%s is compared with what the column shows', (filter, rows) => {
    expect(found(filter)).toEqual(rows);
  });

  it('that is not known is neither great nor small', () => {
    expect(found('conn/s>=0 tcp:198.51.100.20')).toEqual([]);
    expect(found('conn/s<1 tcp:198.51.100.20')).toEqual([]);
  });
});

describe('a state', () => {
  it('is that of the row itself', () => {
    expect(found('state:weight0')).toEqual([web, web23]);
    expect(found('state:full|weight0')).toEqual([web, web22, web23]);
    expect(found('state:tagged', { tagged: new Set([dns11]) })).toEqual([dns, dns11]);
    expect(found('state!=full').includes(web22 ?? '')).toBe(false);
  });

  it('finds what something was found about', () => {
    const marks = { ...findingMarks([]), own: new Map<RowKey, Severity>([[mark, 'warning']]) };
    expect(found('state:finding', { marks })).toEqual([mark]);
  });
});

describe('and, or, ! and parentheses', () => {
  it.each([
    ['mode:nat active>1000', [web, web21, web22]],
    ['mode:nat and active>1000', [web, web21, web22]],
    ['wlc or fwm:7', [mixed, mixedTun, mixedDr, mark]],
    ['!203.0.113.10', everything.filter((key) => !key?.startsWith(web))],
    ['!10.0.0.22', everything.filter((key) => key !== web22)],
    ['not mode:dr and tcp:198', [mixed, mixedTun]],
    ['(wlc or rr) and mode:dr', [dns, dns11, mixed, mixedDr]],
    ['wlc or rr and mode:nat', [web, web21, web22, web23, mixed, mixedTun, mixedDr]],
    ['!(mode:dr or mode:nat) !fwm', [mixed, mixedTun]],
    ['"or"', []],
  ])('%s', (filter, rows) => {
    expect(found(filter)).toEqual(rows);
  });
});

describe('a text that is not a filter', () => {
  it.each([
    ['mood:dr', 'there is no "mood" to ask for'],
    ['speed>5', 'there is no "speed" to ask for'],
    ['mode:xy', '"xy" is no mode; there are nat tun dr'],
    ['mode>dr', 'mode has no order'],
    ['state:sleepy', '"sleepy" is no state; there are draining weight0 full tagged finding'],
    ['active>many', '"many" is not a number'],
    ['active>mode', '"mode" has no numbers'],
    ['10.0.0.300/24', 'is not a subnet'],
    ['10.0.0.0/33', 'is not a subnet'],
    ['wlc)', 'there is a ) without its ('],
    ['or wlc', 'something has to stand before "or"'],
    ['('.repeat(60), 'within each other'],
  ])('%s is told what is wrong with it', (filter, problem) => {
    expect(rowFilter(filter)).toMatchObject({ kind: 'wrong' });
    expect(rowFilter(filter)).toHaveProperty('problem', expect.stringContaining(problem));
  });

  it.each([
    'mode:',
    'mode:d!'.slice(0, 6),
    'active',
    'active>',
    'share!=du',
    '10.0.0.0/',
    '(wlc',
    'wlc and',
    'wlc !',
    'st',
  ])('%s can still become one, or is a word', (filter) => {
    expect(rowFilter(filter).kind).toBe(filter === 'st' ? 'filter' : 'unfinished');
  });

  it('is a paste of a whole file, which must not mean what it begins with', () => {
    expect(rowFilter('word '.repeat(100_000))).toMatchObject({
      kind: 'wrong',
      problem: 'a filter has at most 1000 characters, this one 500000',
    });
  });
});

describe('completion', () => {
  it.each([
    ['mo', ['mode:']],
    ['wlc and sta', ['wlc and state:']],
    ['conn', ['conn/s']],
    ['state:t', ['state:tagged']],
    ['state:full|d', ['state:full|draining']],
    ['!(mode:t', ['!(mode:tun']],
    ['sched:l', ['sched:lc', 'sched:lblc']],
    ['active>', []],
    ['', []],
  ])('of %s', (text, whole) => {
    expect(completeRowFilter(text).slice(0, 2)).toEqual(whole);
  });
});

describe('what a filter goes by', () => {
  it('are numbers where all real servers have to be read for it, and states, which change without a reading', () => {
    expect(asksForNumbers('active>1')).toBe(true);
    expect(asksForNumbers('mode:dr 10.0.0.0/8')).toBe(false);
    expect(asksForStates('!state:tagged')).toBe(true);
    expect(asksForStates('tagged')).toBe(false);
  });
});

function inOrder(left: string | undefined, right: string | undefined): number {
  return everything.indexOf(left) - everything.indexOf(right);
}
