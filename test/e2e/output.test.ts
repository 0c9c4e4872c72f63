/** Output that cannot be written: each command says so, on standard error and by its code. */
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../cli/run-program.ts';

const program = join(resolve(import.meta.dirname, '../..'), 'bin/lvstop.js');
const bash = (redirected: string) =>
  runProgram(['bash', '-c', `exec "${process.execPath}" "${program}" ${redirected}`]);

const service = 'tcp:203.0.113.10:80';
const commands = [
  'list --demo',
  'watch -n 2 -d 0.2 --json --demo',
  'doctor --demo',
  `walk ${service} --demo`,
  `setup ${service} 10.0.0.21:8080 --demo`,
  'sync list --json --demo',
  'timeouts --demo',
  'config',
  'save --demo -',
  `weight ${service} 10.0.0.21:8080 9 --demo`,
  `drain ${service} 10.0.0.21:8080 --timeout 1s --json --demo`,
  'help drain',
  '--help',
  '--version',
];

describe('output that cannot be written', () => {
  it.each(commands)('to a full disk is told by %s', async (command) => {
    const { exitCode, err } = await bash(`${command} >/dev/full`);
    expect({ exitCode, told: err.match(/^lvstop: write .*/gm) }).toEqual({
      exitCode: 74,
      told: ['lvstop: write to standard output: the disk is full; what was printed is not whole'],
    });
  });

  it('is told where it is not open for writing', async () => {
    expect(await bash('list --demo 1</dev/null')).toMatchObject({
      exitCode: 74,
      err: expect.stringContaining('write to standard output: it is closed; what was printed is not whole\n'),
    });
  });

  it('is told where it is closed', async () => {
    const { exitCode, err } = await runProgram(
      ['sh', '-c', `"${program.replace(/\.js$/, '')}" list --demo >&-`],
      { env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}` } },
    );
    expect(exitCode).toBe(74);
    expect(err).toContain('write to standard output: it is closed; what was printed is not whole\n');
  });

  it('leaves the code of a failure as it is', async () => {
    expect((await bash('list tcp:192.0.2.1:80 --demo >/dev/full')).exitCode).toBe(4);
  });
});
