import { expect, test } from 'vitest';
import {
  formatListenAddress,
  isLocal,
  readListenAddress,
} from '../../../src/fleet/exporter/listen-address.ts';

test.each([
  ['/run/lvstop/metrics.sock', true],
  ['127.0.0.1:9753', true],
  ['127.9.9.9:1', true],
  ['[::1]:9753', true],
  ['0.0.0.0:9753', false],
  ['[::]:9753', false],
  ['192.0.2.1:9753', false],
])('%s is read, and whether others can reach it is known', (text, local) => {
  const listen = readListenAddress(text);
  expect(formatListenAddress(listen)).toBe(text);
  expect(isLocal(listen)).toBe(local);
});

test.each(['', '9753', ':9753', 'lb1:9753', '127.0.0.1', '127.0.0.1:99999', '::1:9753', 'relative.sock'])(
  '"%s" is refused with what to give',
  (text) => {
    expect(() => readListenAddress(text)).toThrow(/give 127\.0\.0\.1:9753/);
  },
);
