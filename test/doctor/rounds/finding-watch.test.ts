import { expect, test } from 'vitest';
import type { Finding } from '../../../src/doctor/finding.ts';
import { FindingWatch } from '../../../src/doctor/rounds/finding-watch.ts';
import { parseService } from '../../../src/ipvs/identity.ts';

const subject = { kind: 'service', service: parseService('tcp:203.0.113.10:80') } as const;

const noWeight: Finding = {
  check: 'no-weight',
  severity: 'error',
  subject,
  lookedAt: 'the weights',
  found: 'nobody has a weight',
  matters: 'every connection is rejected',
  mend: [],
};

/** What a watch tells of findings that come one set after the other, in lines `kind: text`. */
function told(...sets: readonly (readonly Finding[])[]): string[][] {
  const watch = new FindingWatch();
  return sets.map((findings, time) =>
    watch.take({ findings, time }).map(({ kind, text }) => `${kind}: ${text}`),
  );
}

test('what was there at the first look is no event', () => {
  expect(told([noWeight])).toEqual([[]]);
});

test('what comes and goes is told, once, and whatever its words are by then', () => {
  expect(told([], [noWeight], [{ ...noWeight, found: 'still nobody' }], [])).toEqual([
    [],
    ['error-found: tcp:203.0.113.10:80: nobody has a weight'],
    [],
    ['finding-gone: tcp:203.0.113.10:80: no-weight is not found any more'],
  ]);
});

test('of hints nothing is told', () => {
  expect(told([], [{ ...noWeight, severity: 'hint' }])).toEqual([[], []]);
});
