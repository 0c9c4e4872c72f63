/** Makes RPM packages. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageDescription from '../package.json' with { type: 'json' };
import { type Layout, stage } from './contents.ts';
import type { PackageOptions } from './deb.ts';
import type { Processor } from './executable.ts';

/** Where Red Hat's distributions have things. */
export const redHatLayout: Layout = {
  zshFolder: 'usr/share/zsh/site-functions',
  licenceFile: 'usr/share/licenses/lvstop/LICENSES',
};

const redHatNames: Readonly<Record<Processor, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Makes an RPM package in `folder` and gives its path. */
export function makeRpm(options: PackageOptions, folder: string): string {
  const { processor, files, executable, time, compression } = options;
  const work = mkdtempSync(join(tmpdir(), 'lvstop-rpm-'));
  try {
    const staged = join(work, 'staged');
    stage(staged, files, executable);
    const paths = files.map(({ path }) => `/${path}`);
    writeFileSync(join(work, 'lvstop.spec'), specText(paths, staged, time));
    const settings = {
      _topdir: work,
      _rpmdir: join(work, 'made'),
      _build_id_links: 'none',
      _buildhost: 'localhost',
      _binary_payload: compression === 'small' ? 'w6.xzdio' : 'w1.gzdio',
      use_source_date_epoch_as_buildtime: '1',
      clamp_mtime_to_source_date_epoch: '1',
      // No step that this machine's rpmbuild would add may touch what was staged.
      __os_install_post: '%{nil}',
    };
    const defines = Object.entries(settings).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
    execFileSync(
      'rpmbuild',
      [
        '-bb',
        '--quiet',
        '--target',
        `${redHatNames[processor]}-linux`,
        ...defines,
        join(work, 'lvstop.spec'),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, SOURCE_DATE_EPOCH: String(time) } },
    );
    const [made = ''] = readdirSync(settings._rpmdir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.rpm'),
    );
    const path = join(folder, `lvstop-${packageDescription.version}-1.${redHatNames[processor]}.rpm`);
    copyFileSync(join(settings._rpmdir, made), path);
    return path;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function specText(paths: readonly string[], staged: string, time: number): string {
  const { version, description, license } = packageDescription;
  const date = new Date(time * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+).*/, '$1 $3 $2 $4');
  const listed = paths.map((path) => {
    if (path.startsWith('/etc/')) return `%config(noreplace) ${path}`;
    if (path.startsWith('/usr/share/licenses/')) return `%license ${path}`;
    return path;
  });
  return `Name: lvstop
Version: ${version}
Release: 1
Summary: Terminal app for Linux Virtual Server
License: ${license}
AutoReqProv: no
Requires: glibc >= 2.28, libstdc++ >= 8, libgcc

%description
${description}
The Node.js that it runs on is inside.

%install
mkdir -p %{buildroot}
cp -a ${staged}/. %{buildroot}/

%files
%dir /etc/lvstop
%dir /usr/share/doc/lvstop
%dir /usr/share/doc/lvstop/examples
%dir /usr/share/licenses/lvstop
%attr(0755, root, root) /usr/bin/lvstop
%defattr(0644, root, root, 0755)
${listed.join('\n')}

%changelog
* ${date} lvstop <lvstop@localhost.invalid> - ${version}-1
- See /usr/share/doc/lvstop/changelog.gz
`;
}
