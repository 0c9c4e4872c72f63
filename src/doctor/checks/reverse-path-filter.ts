import { onDirector, setSysctl } from '../../forwarding/diagnosis.ts';
import { markedAddresses } from '../../forwarding/firewall/marking-rules.ts';
import { routeKey } from '../../forwarding/network.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { incomingLinks, requestBy } from '../evidence/incoming-routes.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { isIdle } from '../judgement/idle.ts';
import { director } from '../judgement/subjects.ts';

/** A strict filter drops requests that come in by one interface while the route back to the client is by another. */
export const reversePathFilter: PublicCheck = {
  id: 'reverse-path-filter',
  title: "the director's rp_filter drops clients that it would answer by another interface",
  restsOn: [
    'net/ipv4/fib_frontend.c, __fib_validate_source: with rp_filter=1 a packet is dropped unless the route to its source is by the interface it came in by; of conf/all and the own setting the greater holds',
    'the kernel itself, which is asked what it would do with a request; rules by source and tables of their own count',
  ],
  byService: false,
  find(evidence) {
    const found: Finding[] = [];
    for (const link of incomingLinks(evidence.network)) {
      const dropped = evidence.services.flatMap((service) =>
        requestedAddresses(evidence, service)
          .filter(({ address, mark }) => {
            const route = evidence.network.routes.get(routeKey(requestBy(link, 'inet', address, mark)));
            return route?.kind === 'none' && route.reason === 'reverse path filter';
          })
          .map(({ address }) => ({ service, address })),
      );
      const [first] = dropped.filter(({ address }) => comesBy(evidence, link.name, address));
      const drops = evidence.machine.counters().reversePathDrops ?? 0;
      if (first === undefined) continue;
      const { address } = first;
      const isHeld = evidence.network.holders(address).some((own) => own.link === link.name);
      // For an address on lo nobody knows by which interface requests come in, so a finding needs dropped packets
      // too.
      if (!isHeld && drops === 0) continue;
      const isUnheard = dropped.every(({ service }) => isIdle(service));
      const path = `net/ipv4/conf/${link.name}/rp_filter`;
      found.push({
        check: reversePathFilter.id,
        severity: drops > 0 && isUnheard ? 'error' : drops > 0 ? 'warning' : 'hint',
        subject: director,
        lookedAt: `ip route get ${address} from ADDRESS iif ${link.name}, of an address in the Internet; IPReversePathFilter in /proc/net/netstat`,
        found: `the kernel refuses it: ${link.name} filters strictly (1), and the way back is not by ${link.name}${drops > 0 ? `; ${drops} packets were dropped so since boot${isUnheard ? ', and no packet of these services was counted' : ''}` : ''}`,
        matters: `requests to ${address} that come in by ${link.name} from clients that the default route leads to are dropped without a word`,
        // Setting only the interface is enough: the greater of its value and that of conf/all holds, and 2 is greater
        // than 1.
        mend: [
          onDirector(
            setSysctl(2, path),
            `packets come in by ${link.name} then with any source that there is some route to, made-up ones too`,
          ),
        ],
      });
    }
    return found;
  },
};

/** The IPv4 addresses that clients of a service call: its own, or those whose packets rules mark for it. */
function requestedAddresses(
  { machine }: PublicEvidence,
  { service: { identity } }: PublicServiceView,
): readonly { readonly address: string; readonly mark?: number }[] {
  if (identity.family !== 'inet') return [];
  if (identity.kind === 'address') return [{ address: identity.address }];
  const mark = identity.fwmark;
  return markedAddresses(machine.firewall(), identity).map((address) => ({ address, mark }));
}

/** Whether requests to an address may come in by that interface: it has the address, or no outward interface has. */
function comesBy({ network }: PublicEvidence, link: string, address: string): boolean {
  const holders = network.holders(address);
  const outward = incomingLinks(network).map(({ name }) => name);
  return holders.some((own) => own.link === link) || !holders.some((own) => outward.includes(own.link));
}
