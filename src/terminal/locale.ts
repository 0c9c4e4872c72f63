/** The variables that name the locale's character set; the first that is set and not empty counts (POSIX). */
const names = ['LC_ALL', 'LC_CTYPE', 'LANG'] as const;

/**
 * Whether the terminal's locale says UTF-8. No locale at all counts as the C locale, which is ASCII; Linux's own
 * `C.UTF-8` counts as UTF-8.
 */
export function localeIsUtf8(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  return locale !== undefined && /\.utf-?8(@|$)/i.test(locale);
}

/**
 * Whether characters beyond ASCII can be expected to show: the locale says UTF-8, and the terminal is not Linux's
 * own console, whose fonts have 256 or 512 characters and none of the eighths of a block.
 */
export function drawsUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  return localeIsUtf8(environment) && environment.TERM !== 'linux';
}
