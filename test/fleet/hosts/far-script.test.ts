/** The lines for the far side's shell, run by real ones here; over SSH in test/lab/hosts.test.ts. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { farCodes, machineWords, missingBy } from '../../../src/fleet/hosts/far-codes.ts';
import { type FarCall, receiveLine, runLine } from '../../../src/fleet/hosts/far-script.ts';

const version = '9.8.7';
/** Stands in for lvstop: tells its version, and else its arguments. */
const program = (name: string, says = version) =>
  `#!/bin/sh\n[ "$*" = --version ] && { echo "lvstop ${says}"; exit; }\necho "${name}"; printf '<%s>' "$@"; cat; exit 4\n`;

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-far-'));
  home = join(folder, 'home');
  mkdirSync(join(folder, 'bin'));
  mkdirSync(home);
  put('bin/uname', `#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo x86_64\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
}

/** Puts an lvstop into the place for what is sent. */
function putSent(text: string): void {
  mkdirSync(join(home, `.cache/lvstop/${version}-x64`), { recursive: true });
  put(`home/.cache/lvstop/${version}-x64/lvstop`, text);
}

/** What the far side makes of a line. */
function far(line: string, input: string | Uint8Array = '', shell = '/bin/sh', path = '/usr/bin:/bin') {
  const { status, stdout, stderr } = spawnSync(shell, ['-c', line], {
    input,
    encoding: 'utf8',
    env: { HOME: home, PATH: `${join(folder, 'bin')}:${path}` },
  });
  return { code: status, out: stdout, err: stderr };
}

const call = (change: Partial<FarCall> = {}) =>
  runLine({ version, sizes: { x64: program('sent').length }, sudo: false, words: ['list'], ...change });

describe('a call', () => {
  test('is told which processor lvstop is missing for, and what unpacks it there', () => {
    for (const name of ['sh', 'stat']) symlinkSync(`/usr/bin/${name}`, join(folder, 'bin', name));
    const bare = () => far(call(), '', '/bin/sh', '').code;
    expect(bare()).toBe(farCodes.missing.x64.gzip);
    put('bin/zstd', '#!/bin/sh\n');
    expect(bare()).toBe(farCodes.missing.x64.zstd);
    put('bin/uname', `#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo aarch64\n`);
    expect(bare()).toBe(farCodes.missing.arm64.zstd);
    rmSync(join(folder, 'bin/zstd'));
    expect(bare()).toBe(farCodes.missing.arm64.gzip);
    put('bin/uname', `#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo riscv64\n`);
    expect(far(call()).code).toBe(farCodes.otherMachine);
    put('bin/uname', `#!/bin/sh\n[ "$1" = -s ] && echo FreeBSD || echo x86_64\n`);
    expect(far(call()).code).toBe(farCodes.otherMachine);
  });

  test('goes to one of the same version that is installed, to no other', () => {
    put('bin/lvstop', program('installed', '9.8.6'));
    expect(missingBy(far(call()).code ?? 0)?.processor).toBe('x64');
    put('bin/lvstop', program('installed'));
    putSent(program('sent'));
    expect(far(call())).toMatchObject({ code: 4, out: 'installed\n<list>' });
  });

  test('goes to the one that was sent, unless this side has another of that version', () => {
    putSent(program('sent'));
    expect(far(call())).toMatchObject({ code: 4, out: 'sent\n<list>' });
    expect(missingBy(far(call({ sizes: { x64: 1 } })).code ?? 0)?.processor).toBe('x64');
    // None here to compare it with.
    expect(far(call({ sizes: {} })).code).toBe(4);
  });

  test.each(['sh', 'bash'])('words and input come there as they are, by %s', (shell) => {
    putSent(program('sent'));
    const words = ['a b', "it's", '$HOME', '`id`', '*', '', '--x=y;z', '\\', '"q"', '!!'];
    const { out } = far(call({ words }), 'input', shell);
    expect(out).toBe(`sent\n${words.map((word) => `<${word}>`).join('')}input`);
  });

  test('goes by sudo where that is wanted', () => {
    putSent(program('sent'));
    put('bin/sudo', '#!/bin/sh\necho "sudo $1"\nshift\nexec "$@"\n');
    expect(far(call({ sudo: true }))).toMatchObject({ code: 4, out: 'sudo --\nsent\n<list>' });
  });

  test('knows each processor by one word of the kernel', () => {
    expect(new Set(Object.values(machineWords)).size).toBe(Object.keys(machineWords).length);
  });
});

const hasZstd = existsSync('/usr/bin/zstd');
if (!hasZstd) console.warn('zstd is not installed: only what gzip unpacks is sent');

describe.each([
  { packing: 'gzip', pack: gzipSync },
  ...(hasZstd ? [{ packing: 'zstd', pack: zstdCompressSync } as const] : []),
] as const)('what is sent, packed for $packing,', ({ packing, pack }) => {
  const sent = program('sent');
  const line = receiveLine({ version, processor: 'x64', packing });
  const place = () => join(home, `.cache/lvstop/${version}-x64`);
  /** What goes over: packed, after the hash of what shall come out. */
  const headed = (text: string, packedText: Uint8Array) =>
    Buffer.concat([Buffer.from(`${createHash('blake2b512').update(text).digest('hex')}\n`), packedText]);

  test('is in its place then, for its owner only, and runs', () => {
    const pieces = Buffer.concat([pack(sent.slice(0, 30)), pack(sent.slice(30))]);
    expect(far(line, headed(sent, pieces)).code).toBe(0);
    const file = join(place(), 'lvstop');
    expect(readFileSync(file, 'utf8')).toBe(sent);
    expect(statSync(file).mode & 0o777).toBe(0o700);
    expect(far(call()).out).toContain('sent');
  });

  test.each([
    ['cut off', headed(sent, pack(sent).subarray(0, 40))],
    ['another', headed(sent, pack(`${sent} `))],
    ['not packed', headed(sent, Buffer.from(sent))],
    ['without its hash', Buffer.concat([Buffer.from('\n'), pack(sent)])],
    ['nothing', ''],
  ])('leaves nothing behind where it is %s', (_what, input) => {
    expect(far(line, input).code).toBe(farCodes.notWhole);
    expect(readdirSync(place())).toEqual([]);
  });

  test('leaves nothing behind where it cannot be written, though it came whole', () => {
    put('bin/tee', '#!/bin/sh\ncat\nexit 1\n');
    expect(far(line, headed(sent, pack(sent))).code).toBe(farCodes.notWhole);
    expect(readdirSync(place())).toEqual([]);
  });

  test('takes the place of an older one only when it is whole', () => {
    putSent('older');
    expect(far(line, headed(sent, pack('torn'))).code).toBe(farCodes.notWhole);
    expect(readFileSync(join(place(), 'lvstop'), 'utf8')).toBe('older');
    expect(far(line, headed(sent, pack(sent))).code).toBe(0);
    expect(readFileSync(join(place(), 'lvstop'), 'utf8')).toBe(sent);
  });

  test('is taken away again where it does not start', () => {
    const broken = '#!/no/such/interpreter\n';
    expect(far(line, headed(broken, pack(broken))).code).toBe(farCodes.notStarting);
    expect(readdirSync(place())).toEqual([]);
  });
});

test('a machine that cannot check what it gets says so', () => {
  for (const name of ['sh', 'mkdir', 'gzip', 'tee'])
    symlinkSync(`/usr/bin/${name}`, join(folder, 'bin', name));
  const line = receiveLine({ version, processor: 'x64', packing: 'gzip' });
  const { code, err } = far(line, '', '/bin/sh', '');
  expect(code).toBe(farCodes.notWhole);
  expect(err).toBe('that machine has no b2sum, which is in coreutils from 8.26 on\n');
});
