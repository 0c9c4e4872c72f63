import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { systemErrorCode, systemErrorReason } from '../../src/system/system-error.ts';

/** As Node throws it. */
function systemError(code: string, errno: number): Error {
  return Object.assign(new Error(`${code}: …, open '/x'`), { code, errno: -errno });
}

test.each(Object.entries(constants.errno))('%s is told in words', (code, errno) => {
  const reason = systemErrorReason(systemErrorCode(systemError(code, errno)));
  expect(reason).not.toMatch(/\bE[A-Z0-9]{2,}\b/);
  expect(reason).toMatch(/^[a-z].{5,}[^.]$/);
});

test('an error that Node has only the number of is told in words, too', () => {
  const full = systemError('Unknown system error -122', constants.errno.EDQUOT);
  expect(systemErrorReason(systemErrorCode(full))).toBe('the disk quota is used up');
});

test('an error of another kind is not taken for one of the system', () => {
  expect(systemErrorCode(new Error('no'))).toBeUndefined();
  expect(systemErrorReason('ERR_INVALID_ARG_TYPE')).toBe('the system says ERR_INVALID_ARG_TYPE');
  expect(systemErrorReason('toString')).toBe('the system says toString');
});
