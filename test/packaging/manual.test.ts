/** The manual pages, as mandoc reads them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { manualPages } from '../../packaging/manual/pages.ts';
import { settingKeys } from '../../src/formats/settings/setting-keys.ts';
import { commands } from '../../src/ui/commands.ts';

const hasMandoc = existsSync('/usr/bin/mandoc');
if (!hasMandoc) console.warn('mandoc is not installed: what it says of the manual is not tested');

const pages = await manualPages(1_700_000_000);
const textOf = (file: string) => pages.find((page) => page.file === file)?.text ?? '';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-manual-'));
  for (const { file, text } of pages) {
    const section = join(folder, `man${file.at(-1)}`);
    mkdirSync(section, { recursive: true });
    writeFileSync(join(section, file), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(!hasMandoc).each(pages)('mandoc finds nothing in $file', ({ file }) => {
  const path = join(folder, `man${file.at(-1)}`, file);
  const env = { ...process.env, MANPATH: folder };
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', path], { encoding: 'utf8', env });
  // It looks for other pages on the machine, where these are not installed.
  const own = stdout.split('\n').filter((line) => !/referenced manual not found: Xr lvstop/.test(line));
  expect(own.join('\n')).toBe('');
});

it('has every command, option and key of the program', () => {
  const text = textOf('lvstop.1');
  for (const words of ['lvstop add service', 'lvstop weight', 'lvstop completion']) {
    expect(text).toContain(`.Ss ${words}\n`);
  }
  expect(text).toContain('.It Fl w , Fl -weight Ar "n"');
  // A command without a key stands by its name.
  for (const { id, keys } of commands) expect(text).toContain(keys.length > 0 ? `\n${id}` : `.It Sy "${id}`);
  expect(text).not.toContain('.Ss lvstop complete\n');
});

it('has every setting', () => {
  for (const { name } of settingKeys) expect(textOf('lvstop.toml.5')).toContain(`.It Sy "${name}"`);
});

it('has every field of a listing that its page has', () => {
  for (const field of ['rateSource', 'connectionTableSize', 'upperThreshold', 'share']) {
    expect(textOf('lvstop-json.5')).toContain(field);
  }
});

it('is the same for the same time', async () => {
  expect(await manualPages(1_700_000_000)).toEqual(pages);
});
