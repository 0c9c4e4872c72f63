/**
 * Fetches what the guest is made of, Debian's user-mode-linux kernel and the tools of a director, into a cache
 * folder of the user's, without root and without installing anything.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { buildWideRegisters } from './wide-registers.ts';

/**
 * Kernel, administration tools, the programs that most directors are kept by, a second shell for scripts, the small C
 * compiler that wide-registers.ts needs, what test/faults makes calls fail with, and a way to other hosts.
 */
const PACKAGES = [
  ...[
    'user-mode-linux',
    'ipvsadm',
    'keepalived',
    'ldirectord',
    'iproute2',
    'kmod',
    'tcpdump',
    'iptables',
    'busybox-static',
    'tcc',
    'strace',
    'openssh-server',
    'openssh-client',
    'zstd',
    'sudo',
    'prometheus',
    'prometheus-node-exporter',
  ],
];

/** Raised when the layout of the cache folder changes, so that older ones are left alone. */
const LAYOUT = 1;

const APT_TIMEOUT_MS = 300_000;

/** The lab cannot run on this machine, with the reason in the message: no apt, another architecture, … */
export class LabUnavailable extends Error {
  override name = 'LabUnavailable';
}

/**
 * The folder with the unpacked packages (`usr/bin/linux.uml`, `usr/lib/modules/…`, `usr/sbin/ipvsadm`, …), fetched at
 * the first call on this machine. Safe when several processes call it at once: each unpacks beside, one rename wins.
 * @param onDownload is called before something is downloaded.
 */
export function fetchPackages(onDownload: () => void = () => undefined): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new LabUnavailable(
      `user-mode-linux exists for Linux on x86-64 only, this is ${process.platform} ${process.arch}`,
    );
  }
  const caches = cacheFolder();
  const key = createHash('sha256')
    .update(JSON.stringify([LAYOUT, PACKAGES, release()]))
    .digest('hex');
  const folder = join(caches, `packages-${key.slice(0, 12)}`);
  if (existsSync(folder)) {
    return folder;
  }
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) {
    throw new LabUnavailable('the lab takes its kernel from Debian, and this system has no apt-get');
  }
  onDownload();
  mkdirSync(caches, { recursive: true });
  const work = mkdtempSync(join(caches, 'fetching-'));
  try {
    const tree = join(work, 'tree');
    unpack(download(work), tree);
    buildWideRegisters(tree);
    install(tree, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lvstop-lab');
}

function release(): string {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}

/** A finished folder appears under its name all at once; when another process was quicker, its folder serves. */
function install(tree: string, folder: string): void {
  try {
    renameSync(tree, folder);
  } catch (error) {
    if (!existsSync(folder)) {
      throw error;
    }
  }
}

/** Downloads the packages and the libraries that this machine lacks; gives the folder with the .deb files. */
function download(work: string): string {
  const folder = join(work, 'downloads');
  mkdirSync(folder);
  try {
    downloadWith([], folder);
  } catch {
    // A fresh machine has no package lists yet, and only root may fetch them to the usual place: use lists of our own.
    const options = privateAptState(join(work, 'apt'));
    apt(['apt-get', 'update'], options, folder);
    downloadWith(options, folder);
  }
  return folder;
}

function downloadWith(options: string[], folder: string): void {
  apt(['apt-get', 'download', ...PACKAGES, ...missingLibraries(options, folder)], options, folder);
}

function privateAptState(folder: string): string[] {
  mkdirSync(join(folder, 'state/lists/partial'), { recursive: true });
  mkdirSync(join(folder, 'cache/archives/partial'), { recursive: true });
  return [
    `Dir::State=${folder}/state`,
    `Dir::Cache=${folder}/cache`,
    'Dir::State::status=/var/lib/dpkg/status',
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option]);
}

/** The library packages that PACKAGES need, directly or not, and that are not installed here. */
function missingLibraries(options: string[], cwd: string): string[] {
  const installed = installedPackages();
  const found = new Set<string>();
  let asked = PACKAGES;
  for (let depth = 0; depth < 8 && asked.length > 0; depth += 1) {
    const only = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
      (kind) => `--no-${kind}`,
    );
    const text = apt(['apt-cache', 'depends', ...only, ...asked], options, cwd);
    const names = [...text.matchAll(/^ [ |](?:Pre)?Depends: (lib[^<>:\s]+)/gm)].map(
      (match) => match[1] ?? '',
    );
    asked = [...new Set(names)].filter((name) => !found.has(name) && !installed.has(name));
    for (const name of asked) {
      found.add(name);
    }
  }
  return [...found];
}

function installedPackages(): Set<string> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const text = execFileSync('/usr/bin/dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\n'], {
    encoding: 'utf8',
  });
  return new Set(text.split('\n').flatMap((line) => (line.startsWith('installed ') ? [line.slice(10)] : [])));
}

function apt(command: string[], options: string[], cwd: string): string {
  const [program = '', verb = '', ...names] = command;
  try {
    return execFileSync(`/usr/bin/${program}`, [verb, ...options, ...names], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: APT_TIMEOUT_MS,
    });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new LabUnavailable(`${program} ${verb} failed: ${said.trim()}`);
  }
}

/** Unpacks with `/bin`, `/sbin` and `/lib` inside `/usr`, as on the machines where the tree is laid under the root. */
function unpack(downloads: string, tree: string): void {
  mkdirSync(tree);
  for (const file of readdirSync(downloads).filter((name) => name.endsWith('.deb'))) {
    execFileSync('/usr/bin/dpkg-deb', ['-x', join(downloads, file), tree]);
  }
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    const folder = join(tree, name);
    if (existsSync(folder)) {
      cpSync(folder, join(tree, 'usr', name), { recursive: true, verbatimSymlinks: true });
      rmSync(folder, { recursive: true });
    }
  }
  // modprobe looks in /usr/lib/modules.
  renameSync(join(tree, 'usr/lib/uml/modules'), join(tree, 'usr/lib/modules'));
  rmSync(join(tree, 'usr/share/doc'), { recursive: true, force: true });
  rmSync(join(tree, 'etc'), { recursive: true, force: true });
}
