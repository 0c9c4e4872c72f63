import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import type { FirewallMatch, FirewallRule } from '../../forwarding/firewall/firewall.ts';
import {
  type BaseChain,
  chainsAt,
  type FirewallPacket,
  type RulePlace,
  takes,
} from '../../forwarding/firewall/verdict.ts';
import { type CalledAddress, calledAddresses } from '../evidence/called-address.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { acceptCommand, chainWords, listCommand, requestsTo, ruleWords } from '../evidence/firewall-ways.ts';
import { serviceRequest } from '../evidence/service-request.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { isIdle } from '../judgement/idle.ts';
import { eachService, ofService } from '../judgement/subjects.ts';

/** A rule that gives requests another destination takes them away before IPVS sees them. */
export const requestsRewritten: PublicCheck = {
  id: 'requests-rewritten',
  title: "a rule of the director's own firewall leads a service's requests elsewhere (DNAT, REDIRECT)",
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops: requests are taken at LOCAL_IN, behind the destination NAT of PREROUTING',
    'practice: a port that Docker publishes is such a rule; seen',
  ],
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service) => {
      const isUnheard = isIdle(service);
      const [first] = calledAddresses(evidence, service.service.identity).flatMap((called) => {
        const place = rewritingRule(evidence, called);
        if (place === undefined || staysHere(called, place)) return [];
        // Where a rule may take some only, or leads to this machine itself, packets of the service speak against it.
        const isSure = place.isCertain && called.mark === null;
        return isSure || isUnheard ? [{ called, place, isSure }] : [];
      });
      if (first === undefined) return [];
      const { called, place, isSure } = first;
      const { packets } = place.rule;
      return [
        {
          check: 'requests-rewritten',
          severity: isSure || (called.mark === null && (packets ?? 0) > 0) ? 'error' : 'warning',
          subject: ofService(service),
          lookedAt: listCommand(called.family, place.table),
          found: `${chainWords(place)} gives requests to it another destination: "${ruleWords(place.table, place.rule)}"${packets === null ? '' : `, ${packets} packets so far`}${isUnheard ? '; no packet of the service was counted' : ''}`,
          matters: `what is rewritten there goes elsewhere before IPVS sees it${called.mark === null ? '' : ', unless the new destination is this machine itself'}`,
          mend: [
            onDirector(
              acceptCommand(place, requestsTo(called)),
              'what the rule led elsewhere goes to the service then',
            ),
            adviceForDirector(
              'or delete the rule, if it is not wanted. Connections that it has rewritten go on so until they end; the command is gone after a reboot: put it where the rules are kept',
            ),
          ],
        },
      ];
    }),
};

/** Targets of iptables and expressions of nftables that change the destination. */
const rewriting: ReadonlySet<string> = new Set(['DNAT', 'REDIRECT', 'nat', 'redir']);

/** Those of them whose new destination is this machine itself. */
const redirecting: ReadonlySet<string> = new Set(['REDIRECT', 'redir']);

/**
 * Whether a rule only makes this machine take requests in: by their mark they come to the service then, whatever their
 * destination is.
 */
function staysHere({ mark }: CalledAddress, { rule: { target } }: Rewriting): boolean {
  return mark !== null && target.kind === 'other' && redirecting.has(target.name);
}

/** The first rule that names a service's address or port and gives its requests another destination. */
function rewritingRule(
  { machine }: PublicEvidence,
  called: CalledAddress,
): (RulePlace & Rewriting) | undefined {
  const packet = serviceRequest(called);
  for (const base of chainsAt(machine.firewall(), called.family, 'prerouting')) {
    if (!base.isNat) continue;
    const found = firstRewriting(base, base.chain.rules, packet, 0);
    if (found === 'passes') return undefined;
    if (found !== undefined) return { ...found, table: base.table, chain: base.name };
  }
  return undefined;
}

/** A rule that rewrites a packet, and whether it certainly does. */
interface Rewriting {
  readonly rule: FirewallRule;
  readonly isCertain: boolean;
}

/** Deepest nesting of chains that is followed, as in `verdictOf`. */
const deepest = 16;

/** The rule that rewrites a packet; `passes` where a rule before it lets the packet through as it is. */
function firstRewriting(
  base: BaseChain,
  rules: readonly FirewallRule[],
  packet: FirewallPacket,
  depth: number,
): Rewriting | 'passes' | undefined {
  for (const rule of rules) {
    const does = takes(rule, packet);
    if (does === false) continue;
    const { target } = rule;
    if (target.kind === 'jump') {
      const chain = depth < deepest ? base.table.chains.get(target.chain) : undefined;
      const found = chain && firstRewriting(base, chain.rules, packet, depth + 1);
      if (found === 'passes') {
        if (does === true) return found;
      } else if (found !== undefined) return { ...found, isCertain: found.isCertain && does === true };
    } else if (target.kind === 'other' && rewriting.has(target.name) && means(rule, packet)) {
      return { rule, isCertain: does === true };
    } else if (does === true && target.kind === 'accept') {
      return 'passes';
    } else if (does === true && target.kind === 'return') {
      return undefined;
    }
  }
  return undefined;
}

/** Whether a rule names the address or port of a request, and no client. */
function means(rule: FirewallRule, packet: FirewallPacket): boolean {
  const named = rule.matches.filter(isOfDestination);
  if (rule.source !== null || (rule.destination === null && named.length === 0)) return false;
  return takes({ ...rule, inLink: null, outLink: null, matches: named }, packet) === true;
}

function isOfDestination(match: FirewallMatch): boolean {
  return (
    (match.kind === 'ports' && match.side !== 'source') ||
    (match.kind === 'fields' &&
      match.fields.every(
        (field) => field === 'destination' || field === 'destinationPort' || field === 'protocol',
      ))
  );
}
