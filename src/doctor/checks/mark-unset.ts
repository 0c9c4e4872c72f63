import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import {
  markedAddresses,
  markingRules,
  mayMark,
  strayMarkingRules,
} from '../../forwarding/firewall/marking-rules.ts';
import { routeKey } from '../../forwarding/network.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { listCommand, markCommand, ruleWords } from '../evidence/firewall-ways.ts';
import { incomingLinks, requestBy } from '../evidence/incoming-routes.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { eachService, ofService } from '../judgement/subjects.ts';

/** A firewall-mark service gets only packets that a rule marks and that this machine takes in as its own. */
export const markUnset: PublicCheck = {
  id: 'mark-unset',
  title: 'no rule sets the mark of a service, or what it marks is not taken in by the director',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_ctl.c, __ip_vs_svc_fwm_find: the mark that a packet has when it gets to LOCAL_IN',
    'net/ipv4/netfilter/ip_tables.c: the rules as the kernel has them',
  ],
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service): Finding[] => {
      const { identity } = service.service;
      const firewall = evidence.machine.firewall();
      if (identity.kind !== 'fwmark' || isBusy(service)) return [];
      if (firewall.unread !== null || firewall.aside.length > 0) return [];
      const { family, fwmark } = identity;
      if (!mayMark(firewall, identity)) {
        const rules = markingRules(firewall, family);
        const stray = strayMarkingRules(firewall, identity);
        const table = rules[0]?.table ?? (firewall.tables[0] && { ...firewall.tables[0], name: 'mangle' });
        return [
          {
            check: 'mark-unset',
            severity: 'error',
            subject: ofService(service),
            lookedAt:
              table === undefined ? 'iptables -t mangle -S, nft list ruleset' : listCommand(family, table),
            found: `no rule that requests of other machines meet sets mark ${fwmark}${stray
              .slice(0, 1)
              .map(
                (rule) =>
                  `; "${ruleWords(rule.table, rule)}" does in ${rule.chain}, where they do not come by`,
              )
              .join('')}${
              rules.length === 0
                ? ''
                : `; ${rules
                    .slice(0, 3)
                    .map(
                      (rule) =>
                        `"${ruleWords(rule.table, rule)}"${rule.target.kind === 'mark' ? ` sets ${rule.target.mark}` : ''}`,
                    )
                    .join(', ')}`
            }, and no packet of the service was counted`,
            matters: "packets without the mark are not the service's: they pass it by",
            mend: [adviceForDirector(`mark what clients call: ${markCommand(family, table, fwmark)}`)],
          },
        ];
      }
      const lost = markedAddresses(firewall, identity).filter(
        (address) => !isTakenIn(evidence, service, address),
      );
      return lost.map((address) => ({
        check: 'mark-unset' as const,
        severity: 'error' as const,
        subject: ofService(service),
        lookedAt: `ip route get ${address} from ADDRESS iif LINK mark ${fwmark}`,
        found: `packets to ${address} get mark ${fwmark}, and this machine does not take them in`,
        matters: 'IPVS handles what arrives for this machine; these are passed on or dropped',
        mend: [
          onDirector(
            family === 'inet'
              ? `ip rule add fwmark ${fwmark} lookup ${tableOfMark(fwmark)} && ip route replace local 0.0.0.0/0 dev lo table ${tableOfMark(fwmark)}`
              : `ip -6 rule add fwmark ${fwmark} lookup ${tableOfMark(fwmark)} && ip -6 route replace local ::/0 dev lo table ${tableOfMark(fwmark)}`,
            `all that bears mark ${fwmark} is taken in by this machine then, whatever its address`,
          ),
          adviceForDirector(
            `or make ${address} an address of this machine; whoever calls it must be led here by a route`,
          ),
        ],
      }));
    }),
};

/** Number of a routing table for a mark, far above those that the system uses itself (253 to 255). */
function tableOfMark(fwmark: number): number {
  return 200_000 + (fwmark % 100_000);
}

function isTakenIn({ network }: PublicEvidence, { service }: PublicServiceView, address: string): boolean {
  const { identity } = service;
  if (identity.kind !== 'fwmark') return true;
  const routes = incomingLinks(network).map((link) =>
    network.routes.get(routeKey(requestBy(link, identity.family, address, identity.fwmark))),
  );
  return !routes.some((route) => route !== undefined) || routes.some((route) => route?.kind === 'local');
}

/** Whether packets of the service were counted, now or ever: then some rule must be marking them. */
function isBusy({ counters, rates }: PublicServiceView): boolean {
  return (rates?.inPackets ?? 0) > 0 || Number(counters?.inPackets ?? 0) > 0;
}
