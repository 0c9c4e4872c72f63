import type { NetworkChoice } from '../../forwarding/network-rule.ts';
import { brokenNetworkRules } from '../../forwarding/network-rules.ts';
import { isWholeRealServer } from '../../ipvs/real-server.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import { calledAddresses } from '../evidence/called-address.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import {
  isTracked,
  requestVerdict,
  responseState,
  responseVerdict,
  sentOnVerdict,
} from '../evidence/firewall-ways.ts';

/**
 * Whether a fault on this machine that other checks report stops a real server's traffic: a broken network rule, or
 * the firewall. Whatever else fails for the real server then follows from that.
 */
export function isCutOff(
  evidence: PublicEvidence,
  service: PublicServiceView,
  row: PublicRealServerView,
): boolean {
  const { identity, forwarding } = row.realServer;
  const tunnel = isWholeRealServer(row.realServer) ? row.realServer.tunnel : null;
  const choice: NetworkChoice = {
    service: service.service.identity,
    realServer: identity,
    forwarding,
    tunnel,
  };
  return (
    brokenNetworkRules(choice, evidence.network).some(({ diagnosis }) => diagnosis.severity === 'error') ||
    isDropped(evidence, service, row)
  );
}

function isDropped(
  evidence: PublicEvidence,
  { service: { identity } }: PublicServiceView,
  row: PublicRealServerView,
): boolean {
  return calledAddresses(evidence, identity).some((called) => {
    if (requestVerdict(evidence, called, 'new').kind === 'drop') return true;
    if (sentOnVerdict(evidence, called, row).kind === 'drop') return true;
    return row.realServer.forwarding === 'nat'
      ? responseVerdict(evidence, called, row, responseState(evidence)).kind === 'drop'
      : isTracked(evidence) && requestVerdict(evidence, called, 'invalid').kind === 'drop';
  });
}
