import { expect, test } from 'vitest';
import { readDemo, withDemoJoined } from '../../../src/cli/context/demo.ts';

test.each([
  ['', { kind: 'usual' }],
  ['surge', { kind: 'scene', name: 'surge' }],
  ['./mine.toml', { kind: 'scene file', path: './mine.toml' }],
  ['/var/lib/lvstop/recording', { kind: 'recording', path: '/var/lib/lvstop/recording' }],
])('--demo=%s', (text, demo) => {
  expect(readDemo(text)).toEqual(demo);
});

test('--demo takes no word behind it but a scene', () => {
  expect(withDemoJoined(['--demo', 'list'])).toEqual(['--demo=', 'list']);
  expect(withDemoJoined(['list', '--demo'])).toEqual(['list', '--demo=']);
  expect(withDemoJoined(['--demo', 'surge', 'list'])).toEqual(['--demo=surge', 'list']);
  expect(withDemoJoined(['--demo', 'mine.toml'])).toEqual(['--demo=mine.toml']);
  expect(withDemoJoined(['list', '--', '--demo'])).toEqual(['list', '--', '--demo']);
});
