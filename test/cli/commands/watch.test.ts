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
