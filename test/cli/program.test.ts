import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const checkout = join(import.meta.dirname, '../..');
const program = join(checkout, 'src/cli/main.ts');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { env: { ...process.env, ...env }, timeout: 20_000, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

const lvstop = (...args: string[]) => run(process.execPath, [program, ...args]);

describe('the program', () => {
  test('lists the simulated director', async () => {
    const { code, stdout, stderr } = await lvstop('list', '--demo');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SERVICE \/ REAL SERVER/);
    expect(stdout.split('\n').length).toBeGreaterThan(20);
    expect(stderr).toContain('SIMULATED');
  });

  test('prints JSON that is whole through a pipe', async () => {
    const { stdout } = await lvstop('list', '--demo', '--json');
    expect(JSON.parse(stdout).services.length).toBeGreaterThan(5);
  });

  test('reads a saved table from a pipe that has a name', async () => {
    const call = `"${process.execPath}" "${program}"`;
    const script = `exec ${call} diff --demo <(${call} save --demo - 2>/dev/null)`;
    expect(await run('bash', ['-c', script])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^the table is what \/dev\/fd\/\d+ says\n/),
    });
  });

  test('ends with the code of its failure', async () => {
    expect(await lvstop('nosuch')).toEqual({
      code: 2,
      stdout: '',
      stderr: "lvstop: unknown command 'nosuch'; see --help\n",
    });
  });

  test.each(['list --demo', 'list --demo --json', 'watch --json -d 0.2 --demo'])(
    'ends quietly when its reader goes: %s',
    async (call) => {
      const script = `"${process.execPath}" "${program}" ${call} 2>/dev/null | head -c 20 >/dev/null; exit "\${PIPESTATUS[0]}"`;
      expect((await run('bash', ['-c', script])).code).toBe(0);
    },
  );

  test('what it was asked to do goes on when nobody reads of it any more', async () => {
    const call = 'drain tcp:203.0.113.10:80 10.0.0.21:8080 --timeout 2s --json --demo';
    const script = `"${process.execPath}" "${program}" ${call} | head -c 1 >/dev/null; exit "\${PIPESTATUS[0]}"`;
    const { code, stderr } = await run('bash', ['-c', script]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('not empty after 2 s') });
  });

  test.each(['list --demo', 'save --demo -', '--help'])(
    'says that its output could not be written: %s',
    async (call) => {
      const script = `exec "${process.execPath}" "${program}" ${call} >/dev/full`;
      const { code, stderr } = await run('bash', ['-c', script]);
      expect(code).toBe(74);
      expect(stderr.replace(/^SIMULATED.*\n/m, '')).toBe(
        'lvstop: write to standard output: the disk is full; what was printed is not whole\n',
      );
    },
  );

  test('does without standard error', async () => {
    const script = `exec "${process.execPath}" "${program}" weight tcp:203.0.113.10:80 10.0.0.21:8080 9 --demo 2>/dev/full`;
    const { code, stdout } = await run('bash', ['-c', script]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('weight 3 → 9') });
  });

  test('a watch ends well when it is asked to', async () => {
    // Asked when its first line is there: before, nobody listens for the signal yet.
    const script = `coproc watch { exec "${process.execPath}" "${program}" watch --json -d 0.2 --demo 2>/dev/null; }; read -r line <&"\${watch[0]}"; kill -TERM $watch_PID; cat <&"\${watch[0]}" >/dev/null & wait $watch_PID`;
    expect((await run('bash', ['-c', script])).code).toBe(0);
  });

  test('a defect that comes up while it waits is told as any other', async () => {
    const late = 'data:text/javascript,setTimeout(() => { throw new Error("boom") }, 500)';
    const { code, stderr } = await run(process.execPath, [
      ...['--import', late, program],
      ...['watch', '--json', '--demo'],
    ]);
    expect({ code, stderr }).toEqual({
      code: 70,
      stderr: expect.stringMatching(/^lvstop: boom; this is a defect of lvstop: .*\n$/),
    });
  });

  test('shows a stack with LVSTOP_DEBUG=1 only', async () => {
    const debug = await run(process.execPath, [program, 'list', 'nosuch'], { LVSTOP_DEBUG: '1' });
    expect(debug.stderr).toMatch(/\n {4}at /);
    expect((await lvstop('list', 'nosuch')).stderr.split('\n')).toHaveLength(2);
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
    expect(await run(process.execPath, [join(folder, 'bin/lvstop.js')])).toEqual({
      code: 70,
      stdout: '',
      stderr: 'lvstop: the program is not built; run "npm ci" and "npm run build" first\n',
    });
  });

  test('runs the bundle with its arguments', async () => {
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist/lvstop.js'), 'console.log(process.argv.slice(2).join("+"))');
    const { code, stdout } = await run(process.execPath, [join(folder, 'bin/lvstop.js'), 'a', 'b']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'a+b\n' });
  });

  test('does not hide what is missing inside the bundle', async () => {
    await writeFile(join(folder, 'dist/lvstop.js'), 'import "./nosuch.js"');
    const { code, stderr } = await run(process.execPath, [join(folder, 'bin/lvstop.js')]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('nosuch.js');
  });
});
