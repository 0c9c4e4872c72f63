import { addressKind, parseAddress } from '../../ipvs/address.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import { longestPersistence } from '../../ipvs/service.ts';
import { defaultSyncDaemonSettings, type SyncDaemon, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import type { ConfigurationDraft } from '../configuration.ts';
import type { Statement } from './statements.ts';
import { leadingNumber, ValueReader } from './values.ts';

/** Reads `lvs_timeouts tcp N tcpfin N udp N`: a time-out of 0 is left as it is. */
export function readTimeouts(draft: ConfigurationDraft, entry: Statement): void {
  const { line, words } = entry;
  const values = new ValueReader(draft);
  const timeouts: { -readonly [Field in keyof Timeouts]?: number } = {};
  for (let at = 1; at < words.length; at += 2) {
    const field = timeoutFields.get(words[at] ?? '');
    const value =
      field && values.number(entry, { least: 0, greatest: longestPersistence, isStrict: true }, at + 1);
    if (field === undefined) values.passOver(entry, `"${words[at]}" is none of tcp, tcpfin and udp`);
    else if (value !== undefined && value > 0) timeouts[field] = value;
  }
  draft.setting({ line, what: words[0], kind: 'time-outs', timeouts });
}

const timeoutFields: ReadonlyMap<string, keyof Timeouts> = new Map([
  ['tcp', 'tcp'],
  ['tcpfin', 'tcpFin'],
  ['udp', 'udp'],
]);

type Field = keyof typeof daemonNumbers;

const daemonNumbers = {
  id: { field: 'syncId', least: 0, greatest: 255 },
  maxlen: { field: 'maxLength', least: 1, greatest: 65_507 },
  port: { field: 'port', least: 1, greatest: 65_535 },
  ttl: { field: 'ttl', least: 1, greatest: 255 },
} as const;

/**
 * Reads `lvs_sync_daemon INTERFACE [inst NAME] [id N] [maxlen N] [port N] [ttl N] [group ADDRESS]`. Without a VRRP
 * instance keepalived starts both daemons; with one they depend on who is the master.
 */
export function readSyncDaemon(draft: ConfigurationDraft, entry: Statement): void {
  const { line, words } = entry;
  const values = new ValueReader(draft);
  const name = values.word(entry);
  const daemon: { -readonly [Key in keyof SyncDaemon]: SyncDaemon[Key] } = {
    ...defaultSyncDaemonSettings,
    state: 'master',
    interface: name,
  };
  for (let at = 2; at < words.length; at++) {
    const word = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (word === 'inst' || (at === 2 && !(word in daemonNumbers) && word !== 'group')) {
      values.passOver(entry, 'whether a daemon is master or backup is for VRRP to say');
      return;
    }
    at++;
    if (word === 'group') {
      const group = parseAddress(value)?.text;
      if (group !== undefined && addressKind(group) === 'multicast') daemon.group = group;
      else values.passOver(entry, `"${value}" is no multicast group`);
      continue;
    }
    const bounds = Object.hasOwn(daemonNumbers, word) ? daemonNumbers[word as Field] : undefined;
    const { value: number, rest } = leadingNumber(value);
    if (bounds === undefined) values.passOver(entry, `"${word}" is not known`);
    else if (number === undefined || rest !== '' || number < bounds.least || number > bounds.greatest) {
      values.passOver(entry, `"${value}" is not allowed for ${word}`);
    } else daemon[bounds.field] = number;
  }
  for (const state of syncDaemonStates) {
    draft.setting({ line, what: words[0], kind: 'sync daemon', daemon: { ...daemon, state } });
  }
}
