const checking = 'health checks are for keepalived to make; the real server stands at its full weight';
const notifying = 'lvstop starts no scripts and sends no mail';
const quorum = 'without health checks there is no quorum';
const sorry = 'lvstop has no server for when all others fail';
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
    sorry_server: sorry,
    sorry_server_inhibit: sorry,
    sorry_server_lvs_method: sorry,
    virtualhost: checking,
    warmup: checking,
  }),
);

/** Why a word inside a service or real server is not done; `undefined` for one that keepalived does not know either. */
export function reasonNotApplied(word: string): string | undefined {
  return /^[A-Z]+_(?:CHECK|GET)$/.test(word) ? checking : wordsNotApplied.get(word);
}

/** Scheduler flags that keepalived writes as a word of their own. */
export const flagWords: ReadonlySet<string> = new Set([
  'flag-1',
  'flag-2',
  'flag-3',
  'sh-port',
  'sh-fallback',
  'mh-port',
  'mh-fallback',
]);
