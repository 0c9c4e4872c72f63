/** The single executable for this machine's processor, as somebody has it who has nothing else. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageDescription from '../../package.json' with { type: 'json' };
import { bundleForExecutable } from '../../packaging/bundle.ts';
import { byVersion, newestVersion } from '../../packaging/elf.ts';
import { makeExecutable, processorHere } from '../../packaging/executable.ts';

const run = promisify(execFile);

let folder: string;
let executable: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-executable-'));
  executable = join(folder, 'lvstop');
  makeExecutable(processorHere(), await bundleForExecutable(), executable);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it with no variable but these, and no program on the path. */
const lvstop = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(executable, args, { env: { PATH: '/nonexistent', ...env }, cwd: '/' });

it('is the same to the byte when it is made again', async () => {
  const again = join(folder, 'again');
  makeExecutable(processorHere(), await bundleForExecutable(), again);
  expect(readFileSync(again).equals(readFileSync(executable))).toBe(true);
});

it('runs without Node, HOME and a path', async () => {
  expect((await lvstop(['--version'])).stdout).toBe(`lvstop ${packageDescription.version}\n`);
  const { stdout, stderr } = await lvstop(['list', '--demo']);
  expect(stdout).toContain('203.0.113.10:80');
  expect(stderr).toContain('SIMULATED');
});

it('is what may be copied to a director: at most 110 MB', () => {
  expect(statSync(executable).size).toBeLessThanOrEqual(110e6);
});

it('asks for no newer C library than 2.28', () => {
  const needed = newestVersion(readFileSync(executable), 'GLIBC');
  expect(needed).not.toBeNull();
  expect(byVersion(needed ?? '', '2.28')).toBeLessThanOrEqual(0);
});

it.skipIf(!existsSync('/usr/bin/objdump'))('reads the same versions out of a file as objdump does', () => {
  const text = execFileSync('objdump', ['-p', process.execPath], { encoding: 'utf8' });
  const versions = [...text.matchAll(/GLIBC_([\d.]+)/g)].map(([, version = '']) => version);
  expect(newestVersion(readFileSync(process.execPath), 'GLIBC')).toBe(versions.sort(byVersion).at(-1));
});

it('loads its native parts without leaving a file, and speaks to the kernel with them', async () => {
  const places = join(folder, 'places');
  mkdirSync(places);
  // The kernel here may have no IPVS; its answer comes by a socket of the C library all the same.
  const failed = await lvstop(['list', '--format', 'ipvsadm'], { TMPDIR: places, HOME: places }).catch(
    (error: { stderr: string }) => error,
  );
  expect(failed.stderr).not.toContain('defect');
  expect(failed.stderr).not.toContain('native part');
  const { stdout } = await lvstop(['walk', 'tcp:203.0.113.10:80', '--demo'], { TMPDIR: places });
  expect(stdout).not.toBe('');
  expect(execFileSync('find', [places, '-mindepth', '1'], { encoding: 'utf8' })).toBe('');
});

describe('of a poisoned environment it obeys nothing', () => {
  it('no script and no folder of packages', async () => {
    const touched = join(folder, 'touched');
    const script = join(folder, 'poison.js');
    writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(touched)}, '')`);
    const modules = join(folder, 'modules');
    for (const name of ['koffi', 'netlink', 'node-gyp-build']) {
      mkdirSync(join(modules, name), { recursive: true });
      writeFileSync(join(modules, name, 'index.js'), readFileSync(script));
    }
    const poison = { NODE_OPTIONS: `--require ${script}`, NODE_PATH: modules, NETLINK_PREBUILD: modules };
    await lvstop(['list', '--demo'], poison);
    await lvstop(['list'], poison).catch(() => undefined);
    await lvstop(['walk', 'tcp:203.0.113.10:80'], poison).catch(() => undefined);
    expect(existsSync(touched)).toBe(false);
  });

  it('no option of Node’s, not even on its own command line', async () => {
    const { stdout } = await lvstop(['list', '--demo'], { NODE_OPTIONS: '--no-such-option' });
    expect(stdout).toContain('203.0.113.10:80');
    await expect(lvstop(['--inspect'])).rejects.toMatchObject({
      stderr: expect.stringContaining("unknown option '--inspect'"),
    });
  });

  it('no certificates of others', async () => {
    const { stderr } = await lvstop(['--version'], { NODE_EXTRA_CA_CERTS: '/nonexistent/ca.pem' });
    expect(stderr).toBe('');
  });
});

it('does not open the debugger at SIGUSR1', async () => {
  const watch = spawn(executable, ['watch', '--demo', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(watch.stdout, 'data');
    const status = readFileSync(`/proc/${watch.pid}/status`, 'utf8');
    const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1]}`);
    expect(caught & (1n << BigInt(constants.signals.SIGUSR1 - 1))).toBe(0n);
  } finally {
    watch.kill();
  }
});
