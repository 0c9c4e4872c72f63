import { expect, test } from 'vitest';
import { errnoName } from '../../src/system/system-error.ts';

test.each([
  [1, 'EPERM'],
  [2, 'ENOENT'],
  [3, 'ESRCH'],
  [11, 'EAGAIN'],
  [16, 'EBUSY'],
  [17, 'EEXIST'],
  [19, 'ENODEV'],
  [22, 'EINVAL'],
  [34, 'ERANGE'],
  [95, 'EOPNOTSUPP'],
  [97, 'EAFNOSUPPORT'],
  [105, 'ENOBUFS'],
  [524, 'ENOTSUPP'],
  [9999, 'errno 9999'],
])('%i is %s, as the kernel’s sources name it', (number, name) => {
  expect(errnoName(number)).toBe(name);
});
