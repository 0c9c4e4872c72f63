/** The formats of a saved table. */
export const savedFormats = ['ipvsadm', 'json', 'keepalived'] as const;

/** One of them. */
export type SavedFormat = (typeof savedFormats)[number];

/** Words that a keepalived.conf can begin a block or line with. */
const keepalivedStart =
  /^(?:!|[@$~]|include[rmwb]?\b|(?:global_defs|vrrp_\w+|static_\w+|virtual_server\w*|linkbeat_\w+|track_\w+|bfd_instance|garp_group|net_namespace\w*|instance|use_pid_dir|SSL|lvs_\w+|local_address_group|interface_up_down_delays|child_wait_time|process_\w+)\b)/;

/**
 * Which format a text is, by its first line that says something; `undefined` where it is none of them. Without
 * such a line it is what ipvsadm writes of an empty table.
 */
export function recogniseFormat(text: string): SavedFormat | undefined {
  for (let at = 0; at < text.length; ) {
    const start = firstWord(text, at);
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + longestLook));
    if (line === '' || line.startsWith('#')) {
      at = end + 1;
      continue;
    }
    if (/^[{[]/.test(line)) return 'json';
    if (/^(?:(?:\/\S*\/)?ipvsadm\s+)?-/.test(line)) return 'ipvsadm';
    return keepalivedStart.test(line) ? 'keepalived' : undefined;
  }
  return 'ipvsadm';
}

/** Characters of a line that tell its format; the longest path of a program is as long. */
const longestLook = 4096;

/** The first character from there on that is neither a blank nor a byte order mark; the text's end where there is none. */
function firstWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && (text[at] === '\ufeff' || text[at]?.trim() === '')) at++;
  return at;
}
