import { expect, test } from 'vitest';
import {
  addedWeight,
  fileChecks,
  trackedNumber,
  vrrpTracking,
  withTrackedNumber,
} from '../../../src/formats/keepalived/file-checks.ts';
import { readKeepalived } from '../../../src/formats/keepalived/read.ts';

const text = `vrrp_track_file host {
  file /run/host
  weight 3 reverse
}
vrrp_sync_group both {
  group { outside }
  track_file { host weight 10 }
}
virtual_server 192.0.2.10 80 {
  real_server 10.0.0.21 80 {
    FILE_CHECK { track_file host }
    FILE_CHECK {
      track_file host
      weight 0 noreverse
    }
    FILE_CHECK { track_file below }
  }
}
track_file below {
  file /run/below
}
`;

test('the checks are those whose track_file stands above, with its weight where they have none', () => {
  const { outline, problems } = readKeepalived([{ title: null, folder: '/', text }], {
    id: 'lb1',
    include: () => [],
  });
  expect(problems).toEqual([]);
  const [realServer] = outline.services[0]?.realServers ?? [];
  if (realServer === undefined) throw new Error('there is one');
  expect(fileChecks(outline, realServer.statement)).toEqual([
    { name: 'host', path: '/run/host', factor: -3, isReversed: true },
    { name: 'host', path: '/run/host', factor: 0, isReversed: false },
  ]);
  expect(vrrpTracking(outline, 'host')).toEqual(['vrrp_sync_group both']);
  expect(vrrpTracking(outline, 'below')).toEqual([]);
});

test('a number is added times its factor, and without one decides whether the check fails', () => {
  const check = { name: 'host', path: '/run/host' };
  expect(addedWeight({ ...check, factor: -3, isReversed: true }, 2)).toBe(-6);
  expect(addedWeight({ ...check, factor: 2, isReversed: false }, -(2 ** 30))).toBeNull();
  expect(addedWeight({ ...check, factor: 2, isReversed: false }, 2 ** 30)).toBe(2 ** 31 - 1);
  const verdicts = [false, true].map((isReversed) =>
    [0, 1, -1].map((number) => addedWeight({ ...check, factor: 0, isReversed }, number)),
  );
  expect(verdicts).toEqual([
    [0, null, null],
    [null, 0, 0],
  ]);
});

test.each([
  ['', 0, '7\n'],
  ['0\n', 0, '7\n'],
  [' -12 # by hand\n', -12, ' 7 # by hand\n'],
  ['0x10\n', 16, '7\n'],
  ['010', 8, '7'],
  ['09\n', 0, '7\n'],
  ['nothing\n', 0, '7\n'],
  ['99999999999\n', null, '7\n'],
])('of %o the number is %o', (content, number, written) => {
  expect(trackedNumber(content)).toBe(number);
  expect(withTrackedNumber(content, 7)).toBe(written);
});
