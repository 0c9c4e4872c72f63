/** Makes Debian packages. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import packageDescription from '../package.json' with { type: 'json' };
import { type Layout, type PackagedFile, stage } from './contents.ts';
import type { Processor } from './executable.ts';

/** Where Debian has things. */
export const debianLayout: Layout = {
  zshFolder: 'usr/share/zsh/vendor-completions',
  licenceFile: 'usr/share/doc/lvstop/copyright',
};

/** The program's version with the package's own revision behind it. */
const debianVersion = `${packageDescription.version}-1`;

/** What Debian calls the processors. */
export const debianNames: Readonly<Record<Processor, string>> = { x64: 'amd64', arm64: 'arm64' };

/** How a package is made. */
export interface PackageOptions {
  readonly processor: Processor;
  readonly files: readonly PackagedFile[];
  readonly executable: string;
  /** Seconds since 1970, of every file. */
  readonly time: number;
  /** Small takes a minute of processor time; quick is for tests. */
  readonly compression: 'small' | 'quick';
}

/** Makes a Debian package in `folder` and gives its path. */
export function makeDeb(options: PackageOptions, folder: string): string {
  const { processor, files, executable, time, compression } = options;
  const root = mkdtempSync(join(tmpdir(), 'lvstop-deb-'));
  try {
    chmodSync(root, 0o755);
    const staged = [...files, ...debianFiles(time)];
    stage(root, staged, executable);
    const control = join(root, 'DEBIAN');
    mkdirSync(control, { mode: 0o755 });
    writeFileSync(join(control, 'control'), controlText(processor, files, executable));
    writeFileSync(join(control, 'conffiles'), '/etc/lvstop/config.toml\n');
    writeFileSync(join(control, 'md5sums'), sumsOf(staged, executable));
    writeFileSync(join(control, 'postrm'), postrm, { mode: 0o755 });
    const path = join(folder, `lvstop_${debianVersion}_${debianNames[processor]}.deb`);
    // One thread, since the bytes would depend on how many there are.
    const how = compression === 'small' ? ['-Zxz', '--threads-max=1'] : ['-Zgzip', '-z1'];
    execFileSync('dpkg-deb', ['--root-owner-group', ...how, '--build', root, path], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(time) },
    });
    return path;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What Debian wants as well: its own list of changes, and why what lintian finds is intended. */
function debianFiles(time: number): readonly PackagedFile[] {
  const date = new Date(time * 1000).toUTCString().replace('GMT', '+0000');
  const changes = `lvstop (${debianVersion}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- ${maintainer}  ${date}\n`;
  return [
    { path: 'usr/share/doc/lvstop/changelog.Debian.gz', content: gzipSync(changes, { level: 9 }) },
    { path: 'usr/share/lintian/overrides/lvstop', content: Buffer.from(overrides) },
  ];
}

/**
 * The sums by which "dpkg --verify" tells whether a file is still as it was installed; settings have sums of their own.
 */
function sumsOf(files: readonly PackagedFile[], executable: string): string {
  const program = { path: 'usr/bin/lvstop', content: readFileSync(executable) };
  return [...files.filter(({ path }) => !path.startsWith('etc/')), program]
    .map(({ path, content }) => `${createHash('md5').update(content).digest('hex')}  ${path}\n`)
    .join('');
}

const maintainer = 'lvstop <lvstop@localhost.invalid>';

const overrides = `# Node.js is inside as its project builds it: linked at a fixed address, with its libraries.
lvstop: embedded-library
lvstop: hardening-no-pie
# It closes no bug of Debian's.
lvstop: initial-upload-closes-no-bugs
# Its file of licences is given whole, as it is.
lvstop: copyright-file-contains-full-apache-2-license
lvstop: copyright-not-using-common-license-for-gpl
lvstop: old-fsf-address-in-copyright-file
`;

/** Removing keeps settings and journal; only a purge takes them away, as Debian's policy has it. */
const postrm = `#!/bin/sh
set -e
if [ "$1" = purge ]; then
  rm -rf /var/lib/lvstop /var/cache/lvstop
fi
`;

function controlText(processor: Processor, files: readonly PackagedFile[], executable: string): string {
  const bytes = files.reduce((sum, { content }) => sum + content.length, statSync(executable).size);
  const { description } = packageDescription;
  return `Package: lvstop
Version: ${debianVersion}
Architecture: ${debianNames[processor]}
Maintainer: ${maintainer}
Installed-Size: ${Math.ceil(bytes / 1024)}
Depends: libc6 (>= 2.28), libstdc++6 (>= 8), libgcc-s1 | libgcc1
Suggests: ipvsadm, keepalived
Section: admin
Priority: optional
Description: terminal app for Linux Virtual Server
 ${description.slice(description.indexOf(':') + 1).trim()}
 .
 It shows which service and which real server of a director gets what, edits
 services, real servers, weights, forwarding modes and schedulers, shows every
 edit as the ipvsadm line that it equals before anything is written, and takes
 it back. The Node.js that it runs on is inside.
`;
}
