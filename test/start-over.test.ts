import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeVariables } from '../bin/code-variables.js';
import { judgeStart } from '../bin/start.js';
import { runProgram } from './cli/run-program.ts';
import { copyExecutable, tellEnvironment } from './executable.ts';

const flag = '--disable-sigusr1';
const names = (...kinds: readonly string[]) =>
  codeVariables.filter(({ obeyedBy }) => kinds.includes(obeyedBy)).map(({ name }) => name);

describe('how a start goes on', () => {
  it('as it is, with the flag and nothing that decides what code runs', () => {
    for (const rights of ['none', 'held', 'ambient'] as const) {
      expect(judgeStart({ rights, execArgv: [flag], environment: { TERM: 'xterm' } })).toEqual({ way: 'go' });
    }
  });

  it('over with the flag, where that is missing', () => {
    const judged = judgeStart({
      rights: 'none',
      execArgv: ['--stack-size=900'],
      environment: { TERM: 'xterm' },
    });
    expect(judged).toMatchObject({ way: 'over', environment: { TERM: 'xterm' } });
  });

  it.each(codeVariables)('with $name as the starter set it, where no rights are held', ({ name }) => {
    expect(judgeStart({ rights: 'none', execArgv: [flag], environment: { [name]: 'x' } })).toEqual({
      way: 'go',
    });
  });

  it.each(names('node', 'package'))('over without %s, where rights are held', (name) => {
    const judged = judgeStart({
      rights: 'held',
      execArgv: [flag],
      environment: { [name]: 'x', TERM: 'xterm' },
    });
    expect(judged).toMatchObject({ way: 'over', environment: { TERM: 'xterm' } });
    expect(judged).not.toHaveProperty(['environment', name]);
    if (judged.way !== 'over') throw new Error('it does not start over');
    // What starts then has nothing left to drop.
    const { environment } = judged;
    expect(judgeStart({ rights: 'held', execArgv: [flag], environment })).toEqual({ way: 'go' });
  });

  it.each(names('linker', 'node'))('not at all with %s, where the starter gave the rights', (name) => {
    const judged = judgeStart({ rights: 'ambient', execArgv: [flag], environment: { [name]: 'x' } });
    expect(judged).toMatchObject({ way: 'refuse', reason: expect.stringContaining(name) });
  });

  it('with a variable that is set but empty, which nothing obeys', () => {
    expect(judgeStart({ rights: 'ambient', execArgv: [flag], environment: { LD_PRELOAD: '' } })).toEqual({
      way: 'go',
    });
  });

  it('not at all without the flag, where the starter gave the rights', () => {
    const judged = judgeStart({ rights: 'ambient', execArgv: [], environment: {} });
    expect(judged).toMatchObject({ way: 'refuse', reason: expect.stringContaining('SIGUSR1') });
  });

  it('not for ever, where something sets the variable again and again', () => {
    const environment = { NODE_OPTIONS: '--require /opt/agent.js' };
    const judged = judgeStart({ rights: 'held', execArgv: [flag], environment });
    if (judged.way !== 'over') throw new Error('it does not start over');
    const second = { ...judged.environment, ...environment };
    expect(judgeStart({ rights: 'held', execArgv: [flag], environment: second })).toMatchObject({
      way: 'refuse',
      reason: expect.stringContaining('/etc/ld.so.preload'),
    });
  });
});

describe('the executable', () => {
  let folder = '';
  let executable = '';
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;

  beforeAll(() => {
    folder = copyExecutable(tellEnvironment);
    executable = join(folder, 'bin/lvstop');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('drops before Node what the table says that Node obeys', () => {
    const script = readFileSync(resolve(import.meta.dirname, '../bin/lvstop'), 'utf8');
    const unset = /^unset ((?:.*\\\n)*.*)$/m.exec(script)?.[1]?.split(/[\s\\]+/);
    expect(unset).toEqual(names('node'));
  });

  it('hands the program an environment without what Node would obey', async () => {
    const poison = Object.fromEntries(names('node').map((name) => [name, '/nonexistent']));
    const { exitCode, out, err } = await runProgram([executable], { env: { PATH, ...poison } });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const told = JSON.parse(out);
    expect(Object.keys(told).filter((name) => names('node').includes(name))).toEqual([]);
  });

  it.each(['--require', '--import'])('runs nothing that NODE_OPTIONS names with %s', async (option) => {
    const trap = join(folder, 'trap.mjs');
    writeFileSync(trap, `process.stdout.write('caught');`);
    const { exitCode, out } = await runProgram([executable], {
      env: { PATH, NODE_OPTIONS: `${option} ${trap}` },
    });
    expect(exitCode).toBe(0);
    expect(out).not.toContain('caught');
  });

  describe('asks for a Node that can run it:', () => {
    /** A `node` on a path of its own, which says that it is of that version, and else its name. */
    function fakeNode(at: string, version: string, name: string): void {
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, `#!/bin/sh\n[ "$1" = --version ] && echo ${version} || echo ${name}\n`, {
        mode: 0o755,
      });
    }
    const started = (version: string) => {
      fakeNode(join(folder, 'path/node'), version, 'of the path');
      return runProgram([executable], { env: { PATH: `${join(folder, 'path')}:/usr/bin:/bin` } });
    };

    it.each(['v22.15.0', 'v22.20.1', 'v23.11.0', 'v24.0.0', 'v30.1.0', 'v100.0.0'])('%s', async (version) => {
      expect(await started(version)).toEqual({ exitCode: 0, out: 'of the path\n', err: '' });
    });

    it.each(['v8.17.0', 'v18.19.0', 'v20.20.2', 'v21.7.3', 'v22.2.0', 'v22.14.0', 'v23.10.0', 'v23.2.0'])(
      'not %s, and says which it has and which it needs',
      async (version) => {
        const { exitCode, out, err } = await started(version);
        expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
        expect(err).toMatch(
          new RegExp(
            `^lvstop: start it: node is ${version} .*; Node 22.15 or newer, or 23.11 or newer, is needed: .*\n$`,
          ),
        );
      },
    );

    it('the one that was installed beside it comes first', async () => {
      const own = join(folder, 'node_modules/node/bin/node');
      fakeNode(own, 'v24.0.0', 'beside it');
      expect(await started('v20.20.2')).toEqual({ exitCode: 0, out: 'beside it\n', err: '' });
      rmSync(join(folder, 'node_modules'), { recursive: true });
    });

    it('there is none', async () => {
      const { exitCode, err } = await runProgram([executable], { env: { PATH: '/nonexistent' } });
      expect(exitCode).toBe(2);
      expect(err).toMatch(/^lvstop: start it: there is no node on the path; Node 22.15 or newer/);
    });
  });

  it('opens no debugger for NODE_OPTIONS', async () => {
    const { err } = await runProgram([executable], { env: { PATH, NODE_OPTIONS: '--inspect=127.0.0.1:0' } });
    expect(err).toBe('');
  });

  it.each(['NODE_V8_COVERAGE', 'NODE_COMPILE_CACHE'])('leaves the folder of %s empty', async (name) => {
    const place = join(folder, name);
    mkdirSync(place);
    const { exitCode } = await runProgram([executable], { env: { PATH, [name]: place } });
    expect(exitCode).toBe(0);
    expect(readdirSync(place)).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)(
    'drops the rest, and what was said to Node, where root starts it',
    async () => {
      const env = { PATH, NETLINK_PREBUILD: '/nonexistent', NODE_OPTIONS: '--no-warnings' };
      const { exitCode, out, err } = await runProgram([process.execPath, join(folder, 'bin/lvstop.js')], {
        env,
      });
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
      expect(JSON.parse(out)).not.toHaveProperty('NETLINK_PREBUILD');
      expect(JSON.parse(out)).not.toHaveProperty('NODE_OPTIONS');
    },
  );

  describe('that starts over', () => {
    let other = '';
    const program = `import { readFileSync } from 'node:fs';
      const { pid, execArgv, argv } = process;
      console.log(JSON.stringify({ pid, execArgv, args: argv.slice(2), input: readFileSync(0, 'utf8') }));`;
    beforeAll(() => {
      other = copyExecutable(program);
    });
    afterAll(() => rmSync(other, { recursive: true, force: true }));

    const run = (...args: readonly string[]) =>
      runProgram(
        [
          '/bin/sh',
          '-c',
          'echo "$$"; exec "$@"',
          'sh',
          process.execPath,
          join(other, 'bin/lvstop.js'),
          ...args,
        ],
        { input: 'text' },
      );

    it('keeps its process, its arguments and its input', async () => {
      const { out } = await run('a', 'b c');
      const [pid = '', told = ''] = out.split('\n');
      expect(JSON.parse(told)).toEqual({
        pid: Number(pid),
        execArgv: [flag],
        args: ['a', 'b c'],
        input: 'text',
      });
    });

    it('says that another open file would be lost, instead of reading something else', async () => {
      const { exitCode, err } = await run('diff', '/dev/fd/11');
      expect({ exitCode, err }).toEqual({
        exitCode: 2,
        err: 'lvstop: it has to start over and would lose /dev/fd/11; start "lvstop" itself instead of Node, or give another file\n',
      });
    });
  });

  it('hands open files on', async () => {
    const other = copyExecutable(
      `import { readFileSync } from 'node:fs'; console.log(readFileSync(7, 'utf8'));`,
    );
    try {
      writeFileSync(join(other, 'file'), 'text');
      const { out } = await runProgram(['/bin/sh', '-c', 'exec "$1/bin/lvstop" 7<"$1/file"', 'sh', other], {
        env: { PATH },
      });
      expect(out).toBe('text\n');
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});
