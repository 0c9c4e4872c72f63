import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { endCodes, exitCodeOf } from '../../src/cli/context/exit-code.ts';
import { type ErrorCode, errorCodes } from '../../src/ipvs/error-codes.ts';
import { directorWith } from '../changes/table.ts';
import { lvstop } from './harness.ts';

const web = 'tcp:203.0.113.10:80';
const table = { [web]: [{}, ['10.0.0.21:8080', { weight: 1 }]] } as const;

describe('with --json an error is a line of JSON on stderr', () => {
  test.each<readonly [string, ErrorCode]>([
    [`list --json tcp:203.0.113.99:80`, 'no-such-service'],
    [`walk --json ${web} 10.0.0.99:8080`, 'no-such-real-server'],
    [`list --json http:1`, 'bad-service'],
    [`walk --json ${web} 10.0.0.21:99999`, 'bad-address'],
    [`list --json --format csv`, 'bad-usage'],
    [`list --json --formt csv`, 'bad-usage'],
    [`watch --json -d often`, 'bad-value'],
    [`journal --json 1234`, 'no-such-change'],
  ])('%s: %s', async (call, code) => {
    const { err, out, exitCode } = await lvstop(call.split(' '), { director: directorWith(table) });
    const { error } = JSON.parse(err) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code, exitCode: exitCodeOf(code), message: expect.stringMatching(/./) });
    expect(exitCode).toBe(exitCodeOf(code));
    expect(out).toBe('');
  });

  test('of options that exclude each other', async () => {
    const { err } = await lvstop(['list', '--json', '--format', 'csv']);
    expect(JSON.parse(err).error.message).toBe(
      'list: --json and --format csv exclude each other; give one of them',
    );
  });

  test('with what was tried on what, why it failed and what to do', async () => {
    const { err } = await lvstop(['list', '--json', 'fwm:7'], { director: directorWith(table) });
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'no-such-service',
        exitCode: 4,
        message: expect.stringContaining('list service fwm:7: there is no such service (ESRCH); '),
        operation: 'list service',
        object: 'fwm:7',
        reason: 'there is no such service',
        advice: expect.stringContaining('lvstop list'),
        errno: 'ESRCH',
      },
    });
  });
});

describe('the codes', () => {
  const files = readdirSync(join(import.meta.dirname, '../../src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('error-codes.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, '../../src', file), 'utf8'))
    .join('\n');

  test.each([...Object.keys(errorCodes), ...Object.keys(endCodes)])('%s is used', (code) => {
    expect(files).toMatch(new RegExp(`'${code}'|\\b${code}:`));
  });
});
