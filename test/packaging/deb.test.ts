/** The Debian package, unpacked. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf } from '../../packaging/contents.ts';
import { debianLayout, makeDeb } from '../../packaging/deb.ts';
import { componentsOf } from '../../packaging/licences.ts';
import { settingLimits } from '../../src/cli/files/settings-in-force.ts';
import { loadSettings } from '../../src/cli/files/stored-settings.ts';
import { defaultSettings } from '../../src/formats/settings/settings.ts';

const hasTool = existsSync('/usr/bin/dpkg-deb');
if (!hasTool) console.warn('dpkg-deb is not installed: the Debian package is not tested');

/** Dated so that no file of this test is older. */
const time = 1_000_000_000;
let folder: string;
let deb: string;
let root: string;

async function make(into: string): Promise<string> {
  const components = componentsOf(['node_modules/ink', 'node_modules/koffi']);
  const files = await contentsOf(debianLayout, components, time);
  const executable = join(folder, 'executable');
  return makeDeb({ processor: 'x64', files, executable, time, compression: 'quick' }, into);
}

describe.skipIf(!hasTool)('the Debian package', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lvstop-deb-'));
    // test/packaging/executable.test.ts has the real one.
    writeFileSync(join(folder, 'executable'), '#!/bin/sh\n', { mode: 0o755 });
    deb = await make(folder);
    root = join(folder, 'root');
    execFileSync('dpkg-deb', ['-x', deb, root]);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is the same to the byte when it is made again', async () => {
    const first = readFileSync(deb);
    rmSync(deb);
    expect(readFileSync(await make(folder)).equals(first)).toBe(true);
  });

  it('has files that root alone may write, of the time of the sources', () => {
    const listing = execFileSync('dpkg-deb', ['-c', deb], {
      encoding: 'utf8',
      env: { TZ: 'UTC', ...process.env },
    });
    for (const line of listing.trim().split('\n')) {
      expect(line).toMatch(/^(d|-)rw[-x]r-[-x]r-[-x] root\/root +\d+ 2001-09-09 /);
    }
    expect(statSync(join(root, 'usr/bin/lvstop')).mode & 0o777).toBe(0o755);
  });

  it.each([
    'usr/bin/lvstop',
    'usr/share/man/man1/lvstop.1.gz',
    'usr/share/man/man5/lvstop.toml.5.gz',
    'usr/share/man/man5/lvstop-json.5.gz',
    'usr/share/bash-completion/completions/lvstop',
    'usr/share/zsh/vendor-completions/_lvstop',
    'usr/share/fish/vendor_completions.d/lvstop.fish',
    'usr/share/doc/lvstop/examples/sudoers',
    'usr/share/doc/lvstop/examples/scenes/surge.toml',
    'usr/lib/systemd/system/lvstop-export.service',
    'usr/lib/systemd/system/lvstop-record.service',
  ])('has %s', (path) => {
    expect(statSync(join(root, path)).size).toBeGreaterThan(0);
  });

  it('keeps the settings of the machine at an upgrade, and its example says nothing yet', async () => {
    execFileSync('dpkg-deb', ['-e', deb, join(folder, 'control')]);
    expect(readFileSync(join(folder, 'control/conffiles'), 'utf8')).toBe('/etc/lvstop/config.toml\n');
    const example = join(root, 'etc/lvstop/config.toml');
    const places = { files: [example], own: null };
    const { settings, issues, read } = loadSettings(
      places,
      process.geteuid?.() ?? null,
      await settingLimits(),
    );
    expect({ settings, issues, read }).toEqual({ settings: defaultSettings, issues: [], read: [example] });
  });

  it('has an example in which each line counts once its mark is taken away', async () => {
    const example = join(root, 'etc/lvstop/config.toml');
    const text = readFileSync(example, 'utf8');
    writeFileSync(example, text.replace(/^# (\w+ = )/gm, '$1'));
    const places = { files: [example], own: null };
    const { issues, origins } = loadSettings(places, process.geteuid?.() ?? null, await settingLimits());
    expect(issues).toEqual([]);
    expect([...origins.keys()].toSorted()).toEqual(Object.keys(defaultSettings).toSorted());
  });

  it('names what is inside, with its terms', () => {
    const list = JSON.parse(readFileSync(join(root, 'usr/share/doc/lvstop/lvstop.cdx.json'), 'utf8'));
    expect(list).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    expect(list.components).toContainEqual(
      expect.objectContaining({ name: 'ink', licenses: [{ license: { id: 'MIT' } }] }),
    );
    expect(readFileSync(join(root, 'usr/share/doc/lvstop/copyright'), 'utf8')).toContain('ink 8.0.0 (MIT)');
  });
});
