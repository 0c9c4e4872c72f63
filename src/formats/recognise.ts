import { isShellScript } from './ipvsadm/shell-script.ts';

/** The formats of a saved table. */
export const savedFormats = ['ipvsadm', 'json', 'keepalived'] as const;

/** One of `savedFormats`. */
export type SavedFormat = (typeof savedFormats)[number];

/** The formats that a table is read from. */
export const readableFormats = [...savedFormats, 'ldirectord', 'listing'] as const;

/** One of `readableFormats`. */
export type ReadableFormat = (typeof readableFormats)[number];

/** Words that a keepalived.conf can begin a block or line with. */
const keepalivedStart =
  /^(?:!|[@$~]|include[rmwba]?\b|(?:global_defs|vrrp_\w+|static_\w+|virtual_server\w*|linkbeat_\w+|track_\w+|bfd_instance|garp_group|net_namespace\w*|instance|use_pid_dir|SSL|lvs_\w+|local_address_group|interface_up_down_delays|child_wait_time|process_\w+)\b)/;

/** What a line of ldirectord's configuration begins with outside of a service; a shell assigns without blanks. */
const ldirectordStart =
  /^(?:virtual6?|fallback6?|check(?:count|interval|timeout)|negotiatetimeout|failurecount|autoreload|callback|quiescent|readdquiescent|emailalert\w*|supervised|fork|cleanstop|maintenancedir|logfile|smtp)\s*=/;

const listingStart = /^(?:IP Virtual Server version |Prot LocalAddress:Port )/;

/** Other texts that have to do with load balancing, by how their first line begins, with what to do with them. */
const foreignTexts: readonly { readonly begins: RegExp; readonly what: string; readonly advice: string }[] = [
  {
    begins: /^(?:IPVS connection entries|pro expire state)/,
    what: 'the connections that "ipvsadm -Ln -c" prints',
    advice: 'give what "ipvsadm -Sn" prints',
  },
  {
    begins: /^row,service,/,
    what: 'what "lvstop list --format csv" prints',
    advice: 'give --format json or ipvsadm there',
  },
  {
    begins: /^SERVICE \/ REAL SERVER/,
    what: 'the table that "lvstop list" prints',
    advice: 'give --format json or ipvsadm there',
  },
  {
    begins: /^(?:global|defaults|frontend\s\S+|backend\s\S+|listen\s\S+)\s*$/,
    what: 'a configuration of HAProxy',
    advice: 'that is no table of IPVS',
  },
  {
    begins: /^(?:upstream|http|stream|events|server)\s*(?:\S+\s*)?\{/,
    what: 'a configuration of nginx',
    advice: 'that is no table of IPVS',
  },
  { begins: /^(?:<\?xml|<!|<html)/i, what: 'XML or HTML', advice: 'that is no table of IPVS' },
  {
    begins: /^(?:apiVersion|kind):/,
    what: 'a description for Kubernetes',
    advice: 'where kube-proxy runs with IPVS, it keeps that table; give what "ipvsadm -Sn" prints',
  },
];

/**
 * Which format a text is, by its first line that says something; `undefined` where it is none of them. Without
 * such a line it is what ipvsadm writes of an empty table.
 */
export function recogniseFormat(text: string): ReadableFormat | undefined {
  const line = firstLine(text);
  if (line === undefined) return 'ipvsadm';
  if (/^[{[]/.test(line)) return 'json';
  if (/^(?:(?:\/\S*\/)?ipvsadm\s+)?-/.test(line)) return 'ipvsadm';
  if (listingStart.test(line)) return 'listing';
  if (ldirectordStart.test(line) && !isShellScript(text)) return 'ldirectord';
  if (/^\$\w+\s|^\$\{/.test(line) || !keepalivedStart.test(line)) {
    return isShellScript(text) ? 'ipvsadm' : undefined;
  }
  return 'keepalived';
}

/** What a text of no known format is, and what to do with it. */
export function describeForeignText(text: string): { readonly what: string; readonly advice: string } {
  const line = firstLine(text) ?? '';
  const found = foreignTexts.find(({ begins }) => begins.test(line));
  if (found !== undefined) return { what: `it is ${found.what}`, advice: found.advice };
  return {
    what: 'it is no table in a form that is read',
    advice: `give what "ipvsadm -Sn" or "lvstop save" writes, or a keepalived.conf, or --format ${readableFormats.join('|')}`,
  };
}

function firstLine(text: string): string | undefined {
  for (let at = 0; at < text.length; ) {
    const start = firstWord(text, at);
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + longestLook));
    if (line !== '' && !line.startsWith('#')) return line;
    at = end + 1;
  }
  return undefined;
}

/** Characters of a line that tell its format; the longest path of a program is as long. */
const longestLook = 4096;

/** The first character from there on that is neither a blank nor a byte order mark; the text's end where there is none. */
function firstWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && (text[at] === '\ufeff' || text[at]?.trim() === '')) at++;
  return at;
}
