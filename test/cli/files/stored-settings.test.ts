import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigPlaces } from '../../../src/cli/files/config-places.ts';
import { issuesNotice, loadSettings, settingsKeeper } from '../../../src/cli/files/stored-settings.ts';
import {
  defaultSettings,
  type SettingLimits,
  type Settings,
} from '../../../src/formats/settings/settings.ts';

const limits: SettingLimits = {
  columns: ['name', 'mode', 'weight'],
  commands: { drain: ['D'], delete: ['x', 'delete'], search: ['f3'] },
  colors: ['ground', 'service'],
  shortestInterval: 0.2,
  leastBudget: 0.1,
  greatestBudget: 100,
  longestInterval: 60,
};
const userId = process.geteuid?.() ?? null;
let base = '';
let site = '';
let own = '';
let places: ConfigPlaces;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'lvstop-settings-'));
  site = join(base, 'etc', 'config.toml');
  own = join(base, 'home', 'config.toml');
  places = { files: [site, own], own };
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}

function load() {
  return loadSettings(places, userId, limits);
}

function keeper(overrides: Partial<Settings> = {}) {
  return settingsKeeper({ places, userId, limits, stored: load().settings, overrides });
}

describe('loading', () => {
  it('is all defaults without a file', () => {
    expect(load()).toEqual({
      settings: defaultSettings,
      origins: new Map(),
      issues: [],
      read: [],
      readOnlyDoubt: null,
      hosts: { hosts: new Map(), groups: new Map() },
    });
  });

  it('takes each setting from the last file that says it', () => {
    put(site, 'interval = 5\nmouse = true\n');
    put(own, 'interval = 2\n');
    const { settings, origins, read } = load();
    expect(settings).toEqual({ ...defaultSettings, interval: 2, mouse: true });
    expect(origins).toEqual(
      new Map([
        ['interval', own],
        ['mouse', site],
      ]),
    );
    expect(read).toEqual([site, own]);
  });

  it('names what is wrong with its file and line, and goes on', () => {
    put(site, 'interval = 5\n\nmouse = 3\n');
    put(own, 'broken\n');
    const { settings, issues } = load();
    expect(settings).toEqual({ ...defaultSettings, interval: 5 });
    expect(issues.map(({ path, line }) => [path, line])).toEqual([
      [site, 3],
      [own, 1],
    ]);
    expect(issuesNotice({ issues, readOnlyDoubt: null })).toBe(
      `${site} line 3: mouse is 3; allowed: true or false, and 1 more: "lvstop config" names all`,
    );
  });

  it('has a short notice for a long issue, and none without one', () => {
    expect(issuesNotice({ issues: [], readOnlyDoubt: null })).toBeNull();
    const text = 'x'.repeat(400);
    const issue = { severity: 'error', path: '/a', line: 1, key: null, text } as const;
    const notice = issuesNotice({ issues: [issue], readOnlyDoubt: null });
    expect(notice).toMatch(/^\/a line 1: x+… "lvstop config" tells all$/);
    expect(notice?.length).toBeLessThan(200);
  });
});

describe('whether all is to be read-only', () => {
  const doubt = () => load().readOnlyDoubt;

  it.each([
    ['readOnly = true\nmouse = yes\n', 2, ', key mouse'],
    ['readOnly = 1\n', 1, 'readOnly is 1'],
    ['mouse = true\nread_only = true\n', 2, 'there is no setting read_only; readOnly is written so'],
    ['[screen]\nreadonly = true\n', 2, 'stands below a [header]'],
  ])('is in doubt where a file says %j', (text, line, reason) => {
    put(own, text);
    expect(doubt()).toMatchObject({ severity: 'error', path: own, line });
    expect(doubt()?.text).toContain(reason);
    expect(issuesNotice(load())).toMatch(/^edits are off: .*config\.toml line \d: /);
  });

  it('is in doubt where a file cannot be used', () => {
    put(own, 'x'.repeat(20_000));
    expect(doubt()).toMatchObject({
      path: own,
      line: null,
      text: 'it is not used: it is longer than 16384 bytes',
    });
  });

  it('is known where nothing is wrong, where something else is, and where a later file says it', () => {
    put(site, 'broken\n');
    put(own, 'readOnly = false\nmouse = 3\ncolour = 1\n');
    expect(doubt()).toBeNull();
    put(own, 'mouse = 3\n');
    expect(doubt()).toMatchObject({ path: site });
  });
});

describe('keeping', () => {
  it('writes what was changed, and only that, into the own file', () => {
    put(site, 'mouse = true\n');
    const save = keeper();
    expect(save({ ...defaultSettings, mouse: true, interval: 3 })).toEqual({
      isSaved: true,
      text: `saved interval in ${own}`,
    });
    expect(readFileSync(own, 'utf8')).toMatch(/^interval = 3$/m);
    expect(readFileSync(own, 'utf8')).not.toContain('mouse');
    expect(readFileSync(site, 'utf8')).toBe('mouse = true\n');
    expect(load().settings).toEqual({ ...defaultSettings, mouse: true, interval: 3 });
  });

  it('writes nothing when nothing was changed', () => {
    expect(keeper()(defaultSettings)).toEqual({
      isSaved: true,
      text: 'nothing to save: all is as it was kept',
    });
    expect(existsSync(own)).toBe(false);
  });

  it('keeps a comment, and what somebody wrote since the start', () => {
    put(own, '# mine\ninterval = 2 # slow\n');
    const save = keeper();
    put(own, '# mine\ninterval = 2 # slow\nlayout = "flat"\n');
    save({ ...defaultSettings, interval: 4 });
    expect(readFileSync(own, 'utf8')).toBe('# mine\ninterval = 4 # slow\nlayout = "flat"\n');
  });

  it('does not keep what was said on the command line, unless it was changed since', () => {
    const save = keeper({ interval: 5, color: 'none' });
    const started: Settings = { ...defaultSettings, interval: 5, color: 'none' };
    expect(save({ ...started, columns: ['name'] }).text).toBe(`saved columns in ${own}`);
    expect(save({ ...started, columns: ['name'], color: '16' }).text).toBe(`saved color in ${own}`);
    expect(save({ ...started, columns: ['name'], color: 'none' }).text).toBe(`saved color in ${own}`);
    expect(load().settings).toEqual({ ...defaultSettings, columns: ['name'], color: 'none' });
  });

  it('leaves a broken file as it is: what it says, readOnly perhaps, would be lost', () => {
    const text = 'readOnly = true\nmouse = yes\n';
    put(own, text);
    const { isSaved, text: said } = keeper()({ ...defaultSettings, mouse: true });
    expect(isSaved).toBe(false);
    expect(said).toMatch(/line 2: this is no TOML: .*, key mouse; correct that first$/);
    expect(readFileSync(own, 'utf8')).toBe(text);
  });

  it('puts a file aside that cannot be changed line by line, and keeps what it says', () => {
    const text = 'readOnly = true\n[interval]\nx = 1\n';
    put(own, text);
    const before = load();
    expect(before.settings.readOnly).toBe(true);
    const { text: said } = keeper()({ ...before.settings, interval: 3 });
    expect(said).toBe(`saved interval in ${own}; the former file could not be changed and is now ${own}.bak`);
    expect(readFileSync(`${own}.bak`, 'utf8')).toBe(text);
    expect(load().settings).toEqual({ ...defaultSettings, readOnly: true, interval: 3 });
  });

  it('says why it cannot', () => {
    expect(
      settingsKeeper({
        places: { files: [], own: null },
        userId,
        limits,
        stored: defaultSettings,
        overrides: {},
      })({
        ...defaultSettings,
        mouse: true,
      }),
    ).toEqual({ isSaved: false, text: 'settings are not saved: this user has no home folder' });
    mkdirSync(own, { recursive: true });
    expect(keeper()({ ...defaultSettings, mouse: true })).toEqual({
      isSaved: false,
      text: `settings are not saved in ${own}: it is no plain file`,
    });
  });
});
