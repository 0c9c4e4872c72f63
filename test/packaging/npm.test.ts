/** What `npm pack` makes, installed as a user does it: the program, with the packages that were tested, and no script run. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import packageDescription from '../../package.json' with { type: 'json' };

const { version } = packageDescription;
const run = promisify(execFile);
const checkout = resolve(import.meta.dirname, '../..');
/** What a fresh clone has and building takes; no `dist` among it. */
const sources = [
  'bin',
  'src',
  'share/scenes',
  'package.json',
  'package-lock.json',
  'esbuild.config.js',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly dev?: boolean; readonly resolved?: string }>
  >;
}

const lock = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as Lock;

let folder: string;
let packed: string;
let installed: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-pack-'));
  const clone = join(folder, 'clone');
  for (const name of sources) cpSync(join(checkout, name), join(clone, name), { recursive: true });
  provide(clone);
  await run('npm', ['pack', '--pack-destination', folder], { cwd: clone });
  packed = join(folder, `lvstop-${version}.tgz`);
  installed = join(folder, 'installed');
  await install(installed);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Installs the package into an empty folder, as `npm install` does there. */
async function install(into: string, ...options: readonly string[]): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', '--prefix', into, ...quiet, ...options, packed]);
}

const lvstop = (...args: readonly string[]) => run(join(installed, 'node_modules/.bin/lvstop'), args);

/** Gives a clone the packages of this checkout: what is packed with it as files of its own, all others as links. */
function provide(clone: string): void {
  const packages = join(checkout, 'node_modules');
  const shipped = new Set(
    Object.entries(lock.packages)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .map(([path]) => path.split('/')[1]),
  );
  mkdirSync(join(clone, 'node_modules'));
  for (const name of readdirSync(packages)) {
    if (name.startsWith('.') || name === '@types') continue;
    const to = join(clone, 'node_modules', name);
    if (shipped.has(name)) cpSync(join(packages, name), to, { recursive: true });
    else symlinkSync(join(packages, name), to);
  }
}

/** Packages below a folder, by their place in it: `node_modules/koffi`. */
function packagesIn(root: string, below = 'node_modules'): Map<string, string> {
  const found = new Map<string, string>();
  if (!existsSync(join(root, below))) return found;
  for (const name of readdirSync(join(root, below))) {
    const path = join(below, name);
    if (name.startsWith('.')) continue;
    if (name.startsWith('@')) {
      for (const [key, version] of packagesIn(root, path)) found.set(key, version);
      continue;
    }
    const text = readFileSync(join(root, path, 'package.json'), 'utf8');
    found.set(path, (JSON.parse(text) as { readonly version: string }).version);
    for (const [key, version] of packagesIn(root, join(path, 'node_modules'))) found.set(key, version);
  }
  return found;
}

test('a package that is made without dist has the program, and nothing of the tests or sources', {
  timeout: 60_000,
}, async () => {
  const { stdout } = await run('tar', ['-tzf', packed]);
  const names = stdout.trim().split('\n');
  expect(names).toContain('package/dist/lvstop.js');
  expect(names.filter((name) => !/^package\/(bin|dist|node_modules)\/|^package\/[^/]+$/.test(name))).toEqual(
    [],
  );
});

test('what is installed of it is what was tested', () => {
  const found = packagesIn(installed);
  expect(found.get('node_modules/lvstop')).toBe(version);
  found.delete('node_modules/lvstop');
  // npm may put them beside lvstop or below it.
  const versions = new Map([...found].map(([path, one]) => [path.replace('node_modules/lvstop/', ''), one]));
  expect([...versions.keys()]).toEqual(
    expect.arrayContaining(['node_modules/koffi', 'node_modules/netlink']),
  );
  for (const [path, one] of versions) {
    expect(lock.packages[path], path).toMatchObject({ version: one });
    expect(lock.packages[path]?.dev ?? false, `${path} is for development`).toBe(false);
  }
});

test('it runs, add-ons and all, though no install script did', { timeout: 60_000 }, async () => {
  expect((await lvstop('--version')).stdout).toBe(`lvstop ${version}\n`);
  const { stdout, stderr } = await lvstop('list', '--demo');
  expect(stdout).toContain('203.0.113.10:80');
  expect(stderr).toContain('SIMULATED');
  // Its native code: a call of the C library, and a socket of the network's.
  const program = `
    import { createRequire } from 'node:module';
    const load = createRequire(process.argv[1]);
    console.log(load('koffi').load('libc.so.6').func('int getpid()')() === process.pid);
    const socket = load('netlink').createNetlink(0);
    socket.close();`;
  const place = join(installed, 'node_modules/lvstop/dist/lvstop.js');
  const loaded = await run(process.execPath, ['--input-type=module', '--eval', program, place]);
  expect(loaded.stdout).toBe('true\n');
});

test('another processor than that of the machine that packs gets the add-on for it', {
  timeout: 120_000,
}, async () => {
  const elsewhere = join(folder, 'elsewhere');
  await install(elsewhere, '--os=linux', '--cpu=arm64');
  const name = 'node_modules/@koromix/koffi-linux-arm64';
  const { version: found } = JSON.parse(readFileSync(join(elsewhere, name, 'package.json'), 'utf8'));
  expect(found).toBe(lock.packages['node_modules/koffi']?.version);
});

test('no address of a registry is recorded', () => {
  expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});
