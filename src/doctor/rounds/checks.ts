import { networkRules } from '../../forwarding/network-rules.ts';
import { allFull } from '../checks/all-full.ts';
import { answersLost } from '../checks/answers-lost.ts';
import { backupHearsNothing } from '../checks/backup-hears-nothing.ts';
import { backupOnly } from '../checks/backup-only.ts';
import { clientBesideRealServer } from '../checks/client-beside-real-server.ts';
import { clientGateway } from '../checks/client-gateway.ts';
import { connectionTableSmall } from '../checks/connection-table-small.ts';
import { conntrackOff } from '../checks/conntrack-off.ts';
import { conntrackOn } from '../checks/conntrack-on.ts';
import { defencesOn } from '../checks/defences-on.ts';
import { estimationOff } from '../checks/estimation-off.ts';
import { firewallDrops } from '../checks/firewall-drops.ts';
import { halfOpen } from '../checks/half-open.ts';
import { hashedRejected } from '../checks/hashed-rejected.ts';
import { idleConnections } from '../checks/idle-connections.ts';
import { managerRunning } from '../checks/manager-running.ts';
import { markUnset } from '../checks/mark-unset.ts';
import { meaninglessSettings } from '../checks/meaningless-settings.ts';
import { moduleMissing } from '../checks/module-missing.ts';
import { neighbourFailed } from '../checks/neighbour-failed.ts';
import { noRealServer } from '../checks/no-real-server.ts';
import { noResponse } from '../checks/no-response.ts';
import { noWeight } from '../checks/no-weight.ts';
import { notSaved } from '../checks/not-saved.ts';
import { nothingListens } from '../checks/nothing-listens.ts';
import { onePacketNat } from '../checks/one-packet-nat.ts';
import { orphanedConnections } from '../checks/orphaned-connections.ts';
import { ownCalls } from '../checks/own-calls.ts';
import { persistentDrained } from '../checks/persistent-drained.ts';
import { pmtuDiscOff } from '../checks/pmtu-disc-off.ts';
import { portDiffers } from '../checks/port-differs.ts';
import { refused } from '../checks/refused.ts';
import { requestsRewritten } from '../checks/requests-rewritten.ts';
import { reuseOff } from '../checks/reuse-off.ts';
import { reversePathFilter } from '../checks/reverse-path-filter.ts';
import { trackingFull } from '../checks/tracking-full.ts';
import { tunnelBlackHole } from '../checks/tunnel-black-hole.ts';
import { twoWriters } from '../checks/two-writers.ts';
import { vipAnsweredElsewhere } from '../checks/vip-answered-elsewhere.ts';
import { vipMissing } from '../checks/vip-missing.ts';
import { vipUnanswered } from '../checks/vip-unanswered.ts';
import { weightZero } from '../checks/weight-zero.ts';
import type { Check } from '../judgement/check.ts';
import { ruleCheck } from '../judgement/rule-check.ts';

/** All checks of the doctor, in the order in which their findings about one subject are told. */
export const checks: readonly Check[] = [
  // This machine's network.
  vipMissing,
  vipUnanswered,
  markUnset,
  ...networkRules
    .filter(({ id }) => id !== vipMissing.id)
    .map((rule): Check => {
      const check = rule.id === neighbourFailed.id ? neighbourFailed : ruleCheck(rule);
      return rule.needsTunnel === undefined ? check : { ...check, needsRight: 'tunnels' };
    }),
  clientGateway,
  reversePathFilter,
  firewallDrops,
  requestsRewritten,
  trackingFull,
  pmtuDiscOff,
  tunnelBlackHole,
  vipAnsweredElsewhere,
  // What the traffic shows.
  noResponse,
  answersLost,
  refused,
  nothingListens,
  clientBesideRealServer,
  halfOpen,
  ownCalls,
  orphanedConnections,
  idleConnections,
  // The table.
  noRealServer,
  noWeight,
  allFull,
  hashedRejected,
  weightZero,
  persistentDrained,
  portDiffers,
  onePacketNat,
  meaninglessSettings,
  // The director's settings.
  moduleMissing,
  backupOnly,
  backupHearsNothing,
  connectionTableSmall,
  defencesOn,
  conntrackOff,
  conntrackOn,
  reuseOff,
  estimationOff,
  // Who writes the table, and what lasts.
  managerRunning,
  twoWriters,
  notSaved,
];
