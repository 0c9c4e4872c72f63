const checking = 'health checks are for keepalived to make; the real server stands at its full weight';
const notifying = 'lvstop starts no scripts and sends no mail';
const quorum = 'without health checks there is no quorum';
const starting = 'it says how keepalived starts and checks, not what the table is';

/** Words of a `virtual_server` or `real_server` that are read and not done, each with the reason. */
const wordsNotApplied: ReadonlyMap<string, string> = new Map(
  Object.entries({
    alpha: starting,
    connect_timeout: checking,
    delay_before_retry: checking,
    delay_loop: checking,
    ha_suspend: starting,
    hashed: 'the kernel sets this flag by itself',
    hysteresis: quorum,
    inhibit_on_failure: checking,
    log_all_failures: checking,
    name: 'the kernel has no names for services',
    notify_down: notifying,
    notify_up: notifying,
    omega: starting,
    quorum,
    quorum_down: notifying,
    quorum_up: notifying,
    retry: checking,
    smtp_alert: notifying,
    snmp_name: 'the kernel has no names for services',
    virtualhost: checking,
    warmup: checking,
  }),
);

/** Why a word inside a service or real server is not done; `undefined` for one that keepalived does not know either. */
export function reasonNotApplied(word: string): string | undefined {
  return /^[A-Z]+_(?:CHECK|GET)$/.test(word) ? checking : wordsNotApplied.get(word);
}

const namespace =
  'keepalived keeps the table of another network namespace: run lvstop there, with "ip netns exec NAME lvstop"';

/** Words outside of services that touch the table all the same. */
export const globalReasons: ReadonlyMap<string, string> = new Map([
  ['net_namespace', namespace],
  ['net_namespace_ipvs', namespace],
  ['lvs_flush', 'keepalived empties the table when it starts; here --prune removes what is not in the file'],
  ['lvs_flush_on_stop', 'it is for when keepalived ends'],
  ['lvs_flush_onstop', 'it is for when keepalived ends'],
  ['nftables_ipvs', 'keepalived then makes one firewall mark of each group; here its addresses are services'],
]);

/** Words that begin a block or line of keepalived's outside of services. */
export const knownAtTop =
  /^(?:global_defs|vrrp_\w+|static_\w+|linkbeat_\w+|track_\w+|bfd_instance|garp_group|net_namespace\w*|namespace_with_ipsets|instance|use_pid_dir|SSL|local_address_group|interface_up_down_delays|child_wait_time|process_\w+)$/;
