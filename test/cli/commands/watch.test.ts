import { expect, test } from 'vitest';
import { directorWith } from '../../changes/table.ts';
import { lvstop } from '../harness.ts';

test('prints one JSON object a line and ends after the count', async () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
  const { exitCode, out, err } = await lvstop(['watch', '--json', '-d', '0.2', '-n', '3'], { director });
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      version: 2,
      rateSource: 'counter steps',
      director: { state: 'live', error: null },
      services: [{ address: '203.0.113.10', rates: null, realServers: [{ address: '10.0.0.21' }] }],
    });
  }
});

test('on a terminal it is a table in its place, no higher and no wider than there is room', async () => {
  const director = directorWith({
    'tcp:203.0.113.10:80': [
      {},
      ...Array.from({ length: 20 }, (_, at) => [`10.0.0.${at + 1}:80`, {}] as const),
    ],
  });
  const terminal = { columns: 60, rows: 10, colorDepth: 'none' } as const;
  const { out } = await lvstop(['watch', '-d', '0.2', '-n', '2'], { director, terminal });
  const frames = out.split('\x1b[?2026h').slice(1);
  expect(frames).toHaveLength(2);
  const lines = (frames[0] ?? '')
    .replaceAll(/\x1b\[\S*?[KJhl]/g, '')
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(9);
  expect(lines[0]).toMatch(/SIMULATED {2}\d\d:\d\d:\d\d {2}live {2}1 service, 20 real servers/);
  expect(lines.at(-1)).toBe('… 15 more rows; --filter and --sort choose');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  expect(frames[1]).toMatch(/^\x1b\[9A\r/);
});

test('a filter holds for every form', async () => {
  const director = directorWith({
    'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]],
    'udp:203.0.113.10:53': [{}, ['10.0.0.53:53', {}]],
  });
  const json = await lvstop(['watch', '--json', '-n', '1', '--filter', 'udp'], { director });
  expect(JSON.parse(json.out).services.map(({ id }: { id: string }) => id)).toEqual(['udp:203.0.113.10:53']);
  const plain = await lvstop(['watch', '-n', '1', '--filter', 'udp'], { director });
  expect(plain.out).not.toContain('tcp:');
});
