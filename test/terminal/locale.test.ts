import { describe, expect, it } from 'vitest';
import { drawsUnicode, localeIsUtf8 } from '../../src/terminal/locale.ts';

describe('localeIsUtf8', () => {
  it.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8@euro' }, true],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, true],
    [{ LC_ALL: '', LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'de_DE' }, false],
    [{ LANG: 'POSIX' }, false],
    [{}, false],
  ])('of %o is %s', (environment, expected) => {
    expect(localeIsUtf8(environment)).toBe(expected);
  });
});

describe('drawsUnicode', () => {
  it.each([
    [{ LANG: 'C.UTF-8', TERM: 'xterm-256color' }, true],
    [{ LANG: 'C.UTF-8', TERM: 'screen' }, true],
    [{ LANG: 'C.UTF-8', TERM: 'linux' }, false],
    [{ LANG: 'C', TERM: 'xterm-256color' }, false],
  ])('of %o is %s', (environment, expected) => {
    expect(drawsUnicode(environment)).toBe(expected);
  });
});
