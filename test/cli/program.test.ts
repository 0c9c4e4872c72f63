import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

const checkout = join(import.meta.dirname, '../..');
const program = join(checkout, 'src/cli/main.ts');

const lvstop = (...args: string[]) => runProgram([process.execPath, program, ...args]);
const bash = (script: string) => runProgram(['bash', '-c', script]);

describe('the program', () => {
  test('lists the simulated director', async () => {
    const { exitCode, out, err } = await lvstop('list', '--demo');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^SERVICE \/ REAL SERVER/);
    expect(out.split('\n').length).toBeGreaterThan(20);
    expect(err).toContain('SIMULATED');
  });

  test('prints JSON that is whole through a pipe', async () => {
    const { out } = await lvstop('list', '--demo', '--json');
    expect(JSON.parse(out).services.length).toBeGreaterThan(5);
  });

  test('reads a saved table from a pipe that has a name', async () => {
    const call = `"${process.execPath}" "${program}"`;
    const script = `exec ${call} diff --demo <(${call} save --demo - 2>/dev/null)`;
    expect(await bash(script)).toMatchObject({
      exitCode: 0,
      err: expect.stringMatching(/^the table is what \/dev\/fd\/\d+ says\n/),
    });
  });

  test('ends with the code of its failure', async () => {
    expect(await lvstop('nosuch')).toEqual({
      exitCode: 2,
      out: '',
      err: "lvstop: unknown command 'nosuch'; see --help\n",
    });
  });

  test.each(['list --demo', 'list --demo --json', 'watch --json -d 0.2 --demo'])(
    'ends quietly when its reader goes: %s',
    async (call) => {
      const script = `"${process.execPath}" "${program}" ${call} 2>/dev/null | head -c 20 >/dev/null; exit "\${PIPESTATUS[0]}"`;
      expect((await bash(script)).exitCode).toBe(0);
    },
  );

  test('what it was asked to do goes on when nobody reads of it any more', async () => {
    const call = 'drain tcp:203.0.113.10:80 10.0.0.21:8080 --timeout 2s --json --demo';
    const script = `"${process.execPath}" "${program}" ${call} | head -c 1 >/dev/null; exit "\${PIPESTATUS[0]}"`;
    const { exitCode, err } = await bash(script);
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('not empty after 2 s') });
  });

  test('does without standard error', async () => {
    const script = `exec "${process.execPath}" "${program}" weight tcp:203.0.113.10:80 10.0.0.21:8080 9 --demo 2>/dev/full`;
    const { exitCode, out } = await bash(script);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringContaining('weight 3 → 9') });
  });

  test('a watch ends well when it is asked to', async () => {
    // Asked when its first line is there: before, nobody listens for the signal yet.
    const script = `coproc watch { exec "${process.execPath}" "${program}" watch --json -d 0.2 --demo 2>/dev/null; }; read -r line <&"\${watch[0]}"; kill -TERM $watch_PID; cat <&"\${watch[0]}" >/dev/null & wait $watch_PID`;
    expect((await bash(script)).exitCode).toBe(0);
  });

  test('a defect that comes up while it waits is told as any other', async () => {
    // It comes up behind the first line, when the command waits for the next reading.
    const script = `
      const { stdout } = process;
      const write = stdout.write;
      stdout.write = (...given) => {
        setImmediate(() => { throw new Error("boom"); });
        return write.apply(stdout, given);
      };`;
    const late = `data:text/javascript,${encodeURIComponent(script)}`;
    const { exitCode, err } = await runProgram([
      ...([process.execPath, '--import', late, program] as const),
      ...['watch', '--json', '--demo'],
    ]);
    expect({ exitCode, err }).toEqual({
      exitCode: 70,
      err: expect.stringMatching(/^lvstop: boom; this is a defect of lvstop: .*\n$/),
    });
  });

  test('shows a stack with LVSTOP_DEBUG=1 only', async () => {
    const debug = await runProgram([process.execPath, program, 'list', 'nosuch'], {
      env: { LVSTOP_DEBUG: '1' },
    });
    expect(debug.err).toMatch(/\n {4}at /);
    expect((await lvstop('list', 'nosuch')).err.split('\n')).toHaveLength(2);
  });
});

describe('the executable', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lvstop-bin-'));
    await cp(join(checkout, 'bin'), join(folder, 'bin'), { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('says that the program is not built', async () => {
    expect(await runProgram([process.execPath, join(folder, 'bin/lvstop.js')])).toEqual({
      exitCode: 70,
      out: '',
      err: 'lvstop: the program is not built; run "npm ci" and "npm run build" first\n',
    });
  });

  test('runs the bundle with its arguments', async () => {
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist/lvstop.js'), 'console.log(process.argv.slice(2).join("+"))');
    const { exitCode, out } = await runProgram([process.execPath, join(folder, 'bin/lvstop.js'), 'a', 'b']);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'a+b\n' });
  });

  test('does not hide what is missing inside the bundle', async () => {
    await writeFile(join(folder, 'dist/lvstop.js'), 'import "./nosuch.js"');
    const { exitCode, err } = await runProgram([process.execPath, join(folder, 'bin/lvstop.js')]);
    expect(exitCode).not.toBe(0);
    expect(err).toContain('nosuch.js');
  });
});
