import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/formats/settings/config.ts';
import { keyNamed, readKeys } from '../../../src/formats/settings/own-keys.ts';

const commands = { drain: ['D'], delete: ['x', 'delete'], search: ['f3'] };

describe('keys of one’s own', () => {
  it.each([
    ['x', 'x'],
    ['Ctrl-D', 'ctrl+d'],
    ['alt+x', 'alt+x'],
    ['F5', 'f5'],
    ['Space', 'space'],
    [' ', 'space'],
    ['ä', 'ä'],
    ['escape', undefined],
    ['Ctrl-C', undefined],
    ['ctrl+m', undefined],
    ['hyper+x', undefined],
    ['', undefined],
  ])('%s is %s', (text, key) => {
    expect(keyNamed(text)).toBe(key);
  });

  it('take the place of the usual ones, and those are free then', () => {
    const { keys, problems } = readKeys({ delete: 'ctrl+x', drain: ['x', 'F6'] }, commands);
    expect(keys).toEqual({ delete: ['ctrl+x'], drain: ['x', 'f6'] });
    expect(problems).toEqual([]);
  });

  it.each([
    [{ drian: 'x' }, 'there is no command "drian"'],
    [{ drain: 'ctrl+c' }, 'drain is "ctrl+c", which is no free key'],
    [{ drain: 7 }, 'drain is 7, which is no free key'],
    [{ drain: [] }, 'drain is nothing, which is no free key'],
    [{ drain: 'x' }, '"x" of drain is the key of delete, too'],
    [{ drain: 'b', search: 'b' }, '"b" of search is the key of drain, too'],
  ])('%j is told what is wrong', (table, text) => {
    expect(readKeys(table, commands).problems.map((problem) => problem.text)).toEqual([text]);
  });

  it('that cannot be used give the usual ones back, and take what was built on them with them', () => {
    const { keys, problems } = readKeys({ delete: 'f3', drain: 'x' }, commands);
    expect(keys).toEqual({});
    expect(problems).toHaveLength(2);
  });

  it('are told with the line that they stand on', () => {
    const limits = {
      columns: [],
      colors: [],
      commands,
      shortestInterval: 0.2,
      longestInterval: 60,
      leastBudget: 0.1,
      greatestBudget: 100,
    };
    const { settings, issues } = parseConfig('mouse = true\n\n[keys]\nsearch = "/"\n\ndrain = "x"\n', limits);
    expect(settings.keys).toEqual({ search: ['/'] });
    expect(issues).toEqual([
      { severity: 'error', line: 6, key: 'keys', text: 'keys: "x" of drain is the key of delete, too' },
    ]);
  });
});
