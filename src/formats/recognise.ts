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
  for (const [, line = ''] of text.matchAll(/^[ \t\r\ufeff]*(?!#)(\S.*)$/gm)) {
    if (/^[{[]/.test(line)) return 'json';
    if (/^(?:(?:\/\S*\/)?ipvsadm\s+)?-/.test(line)) return 'ipvsadm';
    return keepalivedStart.test(line) ? 'keepalived' : undefined;
  }
  return 'ipvsadm';
}
