import { parseAddress } from '../../ipvs/address.ts';
import { wordOf } from './checks.ts';
import type { Statement } from './statements.ts';

/** A `vrrp_instance`, as far as it says where a virtual address is. */
export interface VrrpInstance {
  readonly name: string;
  readonly line: number;
  readonly interface: string | null;
  readonly routerId: string | null;
  /** Addresses of `virtual_ipaddress` and `virtual_ipaddress_excluded`, canonical. */
  readonly addresses: readonly string[];
}

/** An `lvs_sync_daemon` that follows a VRRP instance: a master while the instance is master, otherwise a backup. */
export interface FollowingSync {
  readonly instance: string;
  readonly interface: string;
}

/** Reads `lvs_sync_daemon INTERFACE [inst] NAME …`; `undefined` where it follows no instance. */
export function followingSync({ words }: Statement): FollowingSync | undefined {
  const [, name = '', ...rest] = words;
  const [first, second] = rest;
  const instance = first === 'inst' ? second : isSyncWord(first) ? undefined : first;
  return instance === undefined ? undefined : { instance, interface: name };
}

function isSyncWord(word: string | undefined): boolean {
  return word !== undefined && /^(?:id|maxlen|port|ttl|group)$/.test(word);
}

/** Reads a `vrrp_instance` block; what it says beside that is left out. */
export function vrrpInstance(statement: Statement): VrrpInstance {
  const value = (word: string) => wordOf(statement, word)?.words[1] ?? null;
  const lists = (statement.block ?? []).filter(({ words: [word] }) =>
    /^virtual_ipaddress(?:_excluded)?$/.test(word),
  );
  return {
    name: statement.words[1] ?? '',
    line: statement.line,
    interface: value('interface'),
    routerId: value('virtual_router_id'),
    addresses: lists
      .flatMap(({ block }) => block ?? [])
      .flatMap(({ words: [word] }) => parseAddress(word.split('/')[0] ?? '')?.text ?? []),
  };
}
