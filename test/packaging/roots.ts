/**
 * `npm run test:packages`: the packages of `npm run package` in bare machines: installed, upgraded, removed, purged, and
 * started where little is allowed. As root, on Debian, with mmdebstrap, rpm and qemu-user; takes some minutes.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout } from '../../packaging/bundle.ts';

const packages = join(checkout, 'dist/packages');
const mirror = 'http://deb.debian.org/debian';
/** The oldest release that has a mirror, with glibc 2.31. */
const oldest = 'bullseye';
const usual = 'bookworm';

let passed = 0;
let failed = 0;

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  return execFileSync(program, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Does one thing and tells how long it took, or why it failed. */
function step(what: string, act: () => void): void {
  const start = performance.now();
  try {
    act();
    passed += 1;
    console.log(`ok    ${what} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${what}: ${error instanceof Error ? error.message : error}`);
  }
}

function require(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what);
}

function packageOf(pattern: RegExp): string {
  const found = readdirSync(packages).find((name) => pattern.test(name));
  if (found === undefined)
    throw new Error(`there is no ${pattern} in dist/packages: "npm run package" first`);
  return join(packages, found);
}

/** A bare root, unpacked of an archive that is kept, since a mirror takes minutes. */
function makeRoot(suite: string, folder: string, variant: string, ...options: readonly string[]): string {
  const archive = join(checkout, `dist/fetched/root-${suite}-${variant}.tar`);
  if (!existsSync(archive)) {
    mkdirSync(dirname(archive), { recursive: true });
    const keys = ['--keyring=/usr/share/keyrings', '--aptopt=Acquire::Check-Valid-Until "false"'];
    const words = ['--quiet', ...keys, `--variant=${variant}`, '--format=tar', ...options];
    run('mmdebstrap', [...words, suite, `${archive}.part`, mirror]);
    renameSync(`${archive}.part`, archive);
  }
  const root = join(folder, `${suite}-${variant}`);
  mkdirSync(root);
  run('tar', ['-xf', archive, '-C', root]);
  return root;
}

const bare = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
const inRoot = (root: string, ...words: readonly string[]) => run('chroot', [root, ...words], bare);

/** The table of the demo, by a start with no variable but these. */
function requireDemo(root: string, executable: string, env: NodeJS.ProcessEnv = {}): void {
  const out = run('/usr/sbin/chroot', [root, executable, 'list', '--demo'], env);
  require(out.includes('203.0.113.10:80'), `it printed ${out}`);
}

/** The same deb with a later version. */
function laterDeb(deb: string, folder: string): string {
  const tree = join(folder, 'later');
  run('dpkg-deb', ['-R', deb, tree]);
  const control = join(tree, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, 'Version: 999'));
  const path = join(folder, 'later.deb');
  run('dpkg-deb', ['-Zgzip', '-z1', '-b', tree, path]);
  return path;
}

function debSteps(folder: string): void {
  const root = makeRoot(usual, folder, 'apt');
  const deb = packageOf(/_amd64\.deb$/);
  const settings = join(root, 'etc/lvstop/config.toml');
  const journal = join(root, 'var/lib/lvstop/journal');
  step(`${usual}: a bare root has the first table after installing`, () => {
    copyFileSync(deb, join(root, 'lvstop.deb'));
    inRoot(root, 'apt-get', '-qq', '-y', 'install', '/lvstop.deb');
    requireDemo(root, '/usr/bin/lvstop');
    require(inRoot(root, 'dpkg', '--verify', 'lvstop') === '', 'what is installed differs');
  });
  if (existsSync('/usr/bin/lintian')) {
    step('lintian finds nothing', () => require(run('lintian', ['--allow-root', deb]) === '', 'it does'));
  } else console.log('lintian is not installed: the package is not looked through');
  step('the manual and completions are where they are looked for', () => {
    require(existsSync(join(root, 'usr/share/bash-completion/completions/lvstop')), 'bash has none');
    require(inRoot(root, 'lvstop', 'complete', '--', 'wei').startsWith('weight'), 'nothing is completed');
  });
  step('an upgrade keeps settings and journal', () => {
    appendFileSync(settings, 'interval = 2\n');
    mkdirSync(join(root, 'var/lib/lvstop'), { recursive: true });
    writeFileSync(journal, 'kept');
    copyFileSync(laterDeb(deb, folder), join(root, 'later.deb'));
    inRoot(root, 'dpkg', '-i', '/later.deb');
    require(readFileSync(settings, 'utf8').endsWith('interval = 2\n'), 'the settings are others');
    require(inRoot(root, 'lvstop', 'config').includes('\ninterval = 2\n'), 'the settings do not count');
    require(readFileSync(journal, 'utf8') === 'kept', 'the journal is another');
  });
  step('removing keeps both, a purge takes them away', () => {
    inRoot(root, 'dpkg', '-r', 'lvstop');
    require(!existsSync(join(root, 'usr/bin/lvstop')), 'the executable is left');
    require(existsSync(settings) && existsSync(journal), 'settings or journal are gone');
    inRoot(root, 'dpkg', '-P', 'lvstop');
    require(!existsSync(join(root, 'etc/lvstop')), 'settings are left');
    require(!existsSync(join(root, 'var/lib/lvstop')), 'the journal is left');
    require(run('find', [root, '-xdev', '-name', '*lvstop*', '-path', '*usr*']) === '', 'files are left');
  });
  rpmSteps(root);
}

/** The RPM in the same root, whose C library serves it as well. */
function rpmSteps(root: string): void {
  const rpm = (...words: readonly string[]) => run('rpm', ['--root', root, ...words]);
  step('an RPM is installed, checked, started and erased', () => {
    rpm('--initdb');
    rpm('-i', '--nodeps', packageOf(/\.x86_64\.rpm$/));
    require(rpm('-V', '--nodeps', 'lvstop') === '', 'what is installed differs');
    requireDemo(root, '/usr/bin/lvstop');
    appendFileSync(join(root, 'etc/lvstop/config.toml'), 'interval = 2\n');
    rpm('-U', '--force', '--nodeps', packageOf(/\.x86_64\.rpm$/));
    const kept = readFileSync(join(root, 'etc/lvstop/config.toml'), 'utf8');
    require(kept.endsWith('interval = 2\n'), 'an upgrade has written over the settings');
    rpm('-e', 'lvstop');
    require(!existsSync(join(root, 'usr/bin/lvstop')), 'the executable is left');
  });
  step('the RPM for aarch64 has the same files', () => {
    const list = (name: RegExp) => run('rpm', ['-qlp', packageOf(name)]);
    require(list(/\.aarch64\.rpm$/) === list(/\.x86_64\.rpm$/), 'they differ');
  });
}

function executableSteps(folder: string): void {
  const root = makeRoot(oldest, folder, 'apt');
  copyFileSync(packageOf(/^lvstop-linux-x64$/), join(root, 'lvstop'));
  step(`${oldest}: the executable starts without anything`, () => requireDemo(root, '/lvstop'));
  const hardened = (mounts: string, words: string) =>
    run('unshare', [
      '-m',
      'sh',
      '-ec',
      `mount --bind ${root} ${root}; mount -t proc proc ${root}/proc; mount -t tmpfs tmpfs ${root}/dev; ${mounts}
       mount -o remount,bind,ro ${root}
       exec env -i /usr/sbin/chroot --userspec=65534:65534 ${root} /lvstop ${words}`,
    ]);
  const noexec = `mount -t tmpfs -o noexec,mode=1777 tmpfs ${root}/tmp;`;
  const shm = `mkdir ${root}/dev/shm; mount -t tmpfs -o mode=1777 tmpfs ${root}/dev/shm;`;
  step('with the root read-only, /tmp noexec, HOME unset, as nobody', () => {
    require(hardened(noexec, 'list --demo').includes('203.0.113.10:80'), 'no table');
    // Native code: the processes of the machine, by the network's sockets.
    const { stderr } = failureOf(() => hardened(`${noexec}${shm}`, 'list --format ipvsadm'));
    require(/IPVS/.test(stderr) && !/native part/.test(stderr), stderr);
  });
  step('where code may be run from nowhere it says so', () => {
    const { stderr } = failureOf(() => hardened(noexec, 'list --format ipvsadm'));
    require(/noexec/.test(stderr), stderr);
  });
}

function failureOf(act: () => void): { readonly stderr: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof Error && 'stderr' in error) return { stderr: String(error.stderr) };
    throw error;
  }
  throw new Error('it did not fail');
}

function otherProcessorSteps(folder: string): void {
  const libraries = '--include=libc6,libstdc++6,libgcc-s1';
  const root = makeRoot(usual, folder, 'extract', '--arch=arm64', libraries);
  const executable = packageOf(/^lvstop-linux-arm64$/);
  const emulated = (...words: readonly string[]) =>
    run('qemu-aarch64', ['-L', root, executable, ...words], { ...bare, LD_LIBRARY_PATH: '' });
  step('arm64 starts under an emulator', () => {
    require(emulated('--version').startsWith('lvstop '), 'no version');
    require(emulated('list', '--demo').includes('203.0.113.10:80'), 'no table');
  });
  step('arm64 loads its native parts', () => {
    const { stderr } = failureOf(() => emulated('list', '--format', 'ipvsadm'));
    require(!/native part|defect/.test(stderr), stderr);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'lvstop-roots-'));
try {
  for (const part of [executableSteps, debSteps, otherProcessorSteps]) step(part.name, () => part(folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
