import { expect, test } from 'vitest';
import { keepalivedArguments } from '../../src/manager/keepalived-process.ts';

const found = (line: string) => keepalivedArguments(line.split(' ').filter((word) => word !== ''));

test('file and id are taken from a command line as getopt takes them', () => {
  expect(found('--dont-fork')).toEqual({});
  expect(found('-f /a.conf -i one')).toEqual({ file: '/a.conf', id: 'one' });
  expect(found('-nlDf /a.conf -p /f -C')).toEqual({ file: '/a.conf' });
  expect(found('-f/a.conf -ione')).toEqual({ file: '/a.conf', id: 'one' });
  expect(found('--use-file=/a.conf --config-id two')).toEqual({ file: '/a.conf', id: 'two' });
  expect(found('--use /a.conf --pid -f --log-file')).toEqual({ file: '/a.conf' });
  expect(found('-g/f -t/f -f /a.conf -f /b.conf')).toEqual({ file: '/b.conf' });
});
