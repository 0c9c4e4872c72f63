/** The files of a package, the same for every kind of package and every processor but for the executable. */
import { chmodSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { completionScripts } from '../src/cli/commands/completion.ts';
import { settingLimits } from '../src/cli/files/settings-in-force.ts';
import { sceneNames, sceneText } from '../src/director/simulated/scenes/shipped-scenes.ts';
import { newConfig } from '../src/formats/settings/config.ts';
import { settingKeys } from '../src/formats/settings/setting-keys.ts';
import { defaultSettings } from '../src/formats/settings/settings.ts';
import { checkout } from './bundle.ts';
import { type Component, cycloneDx, licenceText } from './licences.ts';
import { manualPages } from './manual/pages.ts';

/** A file below the root of a package. */
export interface PackagedFile {
  readonly path: string;
  readonly content: Buffer;
}

/** Where distributions differ. */
export interface Layout {
  /** Folder of functions that zsh finds by itself. */
  readonly zshFolder: string;
  /** The file with the terms of everything inside. */
  readonly licenceFile: string;
}

/** All files but the executable, dated by `time`, seconds since 1970. */
export async function contentsOf(
  { zshFolder, licenceFile }: Layout,
  components: readonly Component[],
  time: number,
): Promise<readonly PackagedFile[]> {
  const pages = await manualPages(time);
  const texts: Readonly<Record<string, string>> = {
    'usr/share/bash-completion/completions/lvstop': completionScripts.bash,
    [`${zshFolder}/_lvstop`]: completionScripts.zsh,
    'usr/share/fish/vendor_completions.d/lvstop.fish': completionScripts.fish,
    'etc/lvstop/config.toml': await exampleSettings(),
    'usr/share/doc/lvstop/examples/sudoers': sudoers,
    'usr/share/doc/lvstop/examples/lvstop.rules.yml': shared('prometheus/lvstop.rules.yml'),
    'usr/share/doc/lvstop/examples/lvstop.grafana.json': shared('grafana/lvstop.json'),
    ...Object.fromEntries(
      sceneNames.map((name) => [`usr/share/doc/lvstop/examples/scenes/${name}.toml`, sceneText(name)]),
    ),
    // Neither unit runs unless the operator starts it.
    'usr/lib/systemd/system/lvstop-export.service': shared('systemd/lvstop-export.service'),
    'usr/lib/systemd/system/lvstop-record.service': shared('systemd/lvstop-record.service'),
    'usr/share/doc/lvstop/lvstop.cdx.json': cycloneDx(components, time),
    [licenceFile]: licenceText(components),
  };
  return [
    ...Object.entries(texts).map(([path, text]) => ({ path, content: Buffer.from(text) })),
    ...pages.map(({ file, text }) => ({
      path: `usr/share/man/man${file.at(-1)}/${file}.gz`,
      content: gzipSync(text, { level: 9 }),
    })),
    {
      path: 'usr/share/doc/lvstop/changelog.gz',
      content: gzipSync(readFileSync(join(checkout, 'CHANGELOG.md')), { level: 9 }),
    },
  ];
}

/** A file that is handed out as it is in the checkout. */
function shared(path: string): string {
  return readFileSync(join(checkout, 'share', path), 'utf8');
}

/** Writes the files and the executable below `root`, as the package shall have them. */
export function stage(root: string, files: readonly PackagedFile[], executable: string): void {
  for (const { path, content } of files) {
    makeFolders(root, dirname(path));
    writeFileSync(join(root, path), content);
    chmodSync(join(root, path), 0o644);
  }
  makeFolders(root, 'usr/bin');
  linkSync(executable, join(root, 'usr/bin/lvstop'));
}

/** Makes folders one by one, since `recursive` alone would leave the mode of those in between to the umask. */
function makeFolders(root: string, path: string): void {
  const above = dirname(path);
  if (above !== '.') makeFolders(root, above);
  mkdirSync(join(root, path), { recursive: true });
  chmodSync(join(root, path), 0o755);
}

/** All settings with what they mean, none of them set. */
async function exampleSettings(): Promise<string> {
  const names = settingKeys.map(({ name }) => name);
  const [, ...lines] = newConfig(defaultSettings, names, await settingLimits()).split('\n');
  const head = [
    '# Settings of lvstop for every user of this machine; lvstop.toml(5). Take a "# " away to set one: what is written',
    '# here is what holds anyway. A user’s own file, ~/.config/lvstop/config.toml, counts above this one.',
  ];
  const body = lines.map((line) => (line === '' || line.startsWith('#') ? line : `# ${line}`));
  return [...head, ...body].join('\n');
}

const sudoers = `# Copy to /etc/sudoers.d/lvstop, and look with "visudo -cf /etc/sudoers.d/lvstop" whether it is right.
# Members of the group "lvs" look at the director, and change nothing: neither by key nor by command.
%lvs ALL=(root) NOPASSWD: /usr/bin/lvstop --read-only

# Members of "lvsadmin" do everything. sudo has to clean the environment, as it does by itself: no SETENV.
%lvsadmin ALL=(root) /usr/bin/lvstop
`;
