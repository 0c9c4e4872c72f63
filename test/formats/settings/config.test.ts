import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatConfig, newConfig, parseConfig, updateConfig } from '../../../src/formats/settings/config.ts';
import { noKnownHosts } from '../../../src/formats/settings/host-settings.ts';
import { settingKeys } from '../../../src/formats/settings/setting-keys.ts';
import {
  alertChoices,
  characterChoices,
  colorChoices,
  defaultSettings,
  layouts,
  probeChoices,
  type SettingLimits,
  type SettingName,
  type Settings,
  splitChoices,
  themeChoices,
} from '../../../src/formats/settings/settings.ts';
import { columns } from '../../../src/ui/table/columns.ts';

const ids = columns.map(({ id }) => id);
const limits: SettingLimits = {
  columns: ids,
  commands: { drain: ['D'], delete: ['x', 'delete'], search: ['f3'] },
  colors: ['ground', 'service'],
  shortestInterval: 0.2,
  longestInterval: 60,
  leastBudget: 0.1,
  greatestBudget: 100,
};
const names = settingKeys.map(({ name }) => name);

/** The texts of a folder beside this file, by name. */
function texts(folder: string): [name: string, text: string][] {
  const path = join(import.meta.dirname, 'config', folder);
  return readdirSync(path)
    .sort()
    .map((name) => [name, readFileSync(join(path, name), 'utf8')]);
}

const settings: fc.Arbitrary<Settings> = fc.record({
  columns: fc.option(fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 })),
  interval: fc.double({ min: 0.2, max: 60, noNaN: true }),
  budget: fc.double({ min: 0.1, max: 100, noNaN: true }),
  sort: fc.option(fc.constantFrom(...ids)),
  reverse: fc.boolean(),
  layout: fc.constantFrom(...layouts),
  split: fc.constantFrom(...splitChoices),
  characters: fc.constantFrom(...characterChoices),
  color: fc.constantFrom(...colorChoices),
  theme: fc.constantFrom(...themeChoices),
  // Letters that no command has.
  keys: fc.oneof(
    fc.constant({}),
    fc.record({
      drain: fc.constantFrom(['b'], ['ctrl+d', 'é'], ['"']),
      search: fc.constantFrom(['f5'], ['\\']),
    }),
  ),
  colors: fc.dictionary(fc.constantFrom(...limits.colors), fc.constantFrom('#000000', '#12aBeF')),
  names: fc.dictionary(
    fc.constantFrom('tcp:203.0.113.10:80', '10.0.0.21', '[2001:db8::1]:80'),
    fc.constantFrom('shop', 'the "big" one', 'größer'),
  ),
  graphs: fc.boolean(),
  mouse: fc.boolean(),
  watch: fc.boolean(),
  alerts: fc.constantFrom(...alertChoices),
  probe: fc.constantFrom(...probeChoices),
  readOnly: fc.boolean(),
});

/** What a reading says beside settings. */
const faultless = { hosts: noKnownHosts, issues: [], isWellFormed: true };

describe('a right configuration', () => {
  it.each(texts('valid'))('%s says what its first line expects', (_, text) => {
    const expected: unknown = JSON.parse(/^# expect: (.*)/.exec(text)?.[1] ?? '');
    expect(parseConfig(text, limits)).toEqual({ settings: expected, ...faultless });
  });
});

describe('a wrong configuration', () => {
  it.each(texts('invalid'))('%s is told by its line, and the rest counts', (_, text) => {
    const expected = [...text.matchAll(/^# (error|warning) (\d+): (.*)$/gm)];
    expect(expected).not.toEqual([]);
    const { settings: read, issues } = parseConfig(text, limits);
    expect(issues.map(({ severity, line }) => [severity, line])).toEqual(
      expected.map(([, severity, line]) => [severity, Number(line)]),
    );
    expected.forEach(([, , , start = ''], index) => {
      const { text: said = '' } = issues[index] ?? {};
      expect(said.slice(0, start.length)).toBe(start);
      expect(said).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    });
    expect(read).toEqual(JSON.parse(/^# (\{.*)$/m.exec(text)?.[1] ?? '{}'));
  });
});

describe('settings as text', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const text = formatConfig(given, limits, () => 'default');
        expect(parseConfig(text, limits)).toEqual({ settings: given, ...faultless });
      }),
    );
  });

  it('say of each key what it does, what is allowed, and where it comes from', () => {
    const text = formatConfig(defaultSettings, limits, (name) => (name === 'mouse' ? '/a\x1bb' : 'default'));
    for (const { name, meaning } of settingKeys) {
      expect(text).toContain(`\n${name} = `);
      expect(text).toContain(`# ${meaning}:`);
    }
    expect(text).toContain('# from: /a␛b\nmouse = false');
    expect(text.split('\n').filter((line) => line.length > 110)).toEqual([]);
  });
});

describe('an update', () => {
  const all = [...texts('valid'), ...texts('invalid')].filter(
    ([, text]) => updateConfig(text, defaultSettings, names, limits) !== null,
  );

  it('of any text says what was asked for, and changes nothing else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        settings,
        fc.subarray<SettingName>(names),
        ([, text], given, changed) => {
          const before = parseConfig(text, limits);
          const after = parseConfig(updateConfig(text, given, changed, limits) ?? '', limits);
          const asked = Object.fromEntries(changed.map((name) => [name, given[name]]));
          expect(after.settings).toEqual({ ...before.settings, ...asked });
        },
      ),
    );
  });

  it('keeps comments, order, unknown keys and tables', () => {
    const text = [
      '# mine',
      'interval = 2 # slow machine',
      'theme = "dark#er" # not of lvstop',
      'columns = [ # many',
      '  "name",',
      ']   # the end',
      '',
      '# the table',
      '[other]',
      'interval = 9',
      '',
    ].join('\n');
    const given: Settings = { ...defaultSettings, interval: 5, columns: ['name', 'mode'], mouse: true };
    expect(updateConfig(text, given, ['columns', 'interval', 'mouse'], limits)).toBe(
      [
        '# mine',
        'interval = 5 # slow machine',
        'theme = "dark#er" # not of lvstop',
        'columns = ["name", "mode"]   # the end',
        '',
        '# click selects, the wheel scrolls; the terminal then selects text with Shift held',
        'mouse = true',
        '',
        '# the table',
        '[other]',
        'interval = 9',
        '',
      ].join('\n'),
    );
  });

  it('keeps the line ends of Windows', () => {
    const updated = updateConfig('interval = 2\r\n', { ...defaultSettings, mouse: true }, ['mouse'], limits);
    expect(updated?.replaceAll('\r\n', '')).not.toContain('\n');
    expect(parseConfig(updated ?? '', limits).settings).toEqual({ interval: 2, mouse: true });
  });

  it('goes before the first table and the comment that belongs to it', () => {
    const updated = updateConfig('# top\n\n# of a\n[a]\nb = 1\n', defaultSettings, ['reverse'], limits);
    expect(updated).toBe('# top\n\n# sort the other way round\nreverse = false\n\n# of a\n[a]\nb = 1\n');
  });

  it('of a broken text is none, nor of one that says a setting as a table', () => {
    expect(updateConfig('interval = ', defaultSettings, ['mouse'], limits)).toBeNull();
    expect(updateConfig('[mouse]\nx = 1\n', defaultSettings, ['mouse'], limits)).toBeNull();
  });

  it('of nothing makes a file that says only what was asked for', () => {
    const text = newConfig({ ...defaultSettings, sort: 'active' }, ['sort'], limits);
    expect(parseConfig(text, limits).settings).toEqual({ sort: 'active' });
    expect(text.startsWith('# lvstop')).toBe(true);
  });
});
