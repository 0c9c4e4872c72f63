import type { RulePlace, Verdict } from '../../forwarding/firewall/verdict.ts';
import { formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';
import { calledAddresses } from './called-address.ts';
import type { PublicEvidence } from './evidence.ts';
import { chainWords, requestVerdict, responseState, responseVerdict, ruleWords } from './firewall-ways.ts';

/** The search stops once it has found this many rules or a few more. */
const mostNamed = 3;

/** One clause for each rule that decides whether a service's packets pass, but is not understood here. */
export function* unjudgedRules(evidence: PublicEvidence): Work<string[]> {
  const { tables } = evidence.machine.firewall();
  if (tables.length === 0) return [];
  const clauses = new Map<object, string>();
  const note = (what: string, identity: ServiceIdentity, verdict: Verdict) => {
    if (verdict.kind !== 'unknown' || verdict.unjudged === null || verdict.unjudged.rule === null) return;
    const { rule, table } = verdict.unjudged;
    if (clauses.has(rule)) return;
    clauses.set(
      rule,
      `whether the firewall lets ${what} of ${formatService(identity)} pass: that hangs on "${ruleWords(table, rule)}" in ${chainOf(verdict.unjudged)}`,
    );
  };
  for (const { service, realServers } of evidence.services) {
    yield 1 + realServers.length;
    const { identity } = service;
    for (const called of calledAddresses(evidence, identity)) {
      note('requests', identity, requestVerdict(evidence, called, 'new'));
      for (const row of realServers)
        if (row.realServer.forwarding === 'nat')
          note('responses', identity, responseVerdict(evidence, called, row, responseState(evidence)));
    }
    if (clauses.size >= mostNamed) break;
  }
  return [...clauses.values()];
}

function chainOf(place: RulePlace): string {
  return place.table.tool === 'nftables' ? chainWords(place) : `iptables' ${chainWords(place)}`;
}
