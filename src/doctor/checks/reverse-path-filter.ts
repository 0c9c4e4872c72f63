import { onDirector, setSysctl } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../check.ts';
import { elsewhere } from '../elsewhere.ts';
import type { PublicEvidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { director } from '../subjects.ts';

/** What strict filtering is, for all interfaces or one: the greater of the two holds. */
const strict = 1;

/** Requests that come in by one interface while the way back to clients is by another are dropped by a strict filter. */
export const reversePathFilter: PublicCheck = {
  id: 'reverse-path-filter',
  title: "the director's rp_filter drops clients that it would answer by another interface",
  restsOn: [
    'net/ipv4/fib_frontend.c, __fib_validate_source: with rp_filter=1 a packet is dropped unless the route to its source is by the interface it came in by; of conf/all and the own setting the greater holds',
  ],
  byService: false,
  find(evidence) {
    const { network } = evidence;
    const away = network.routes.get(elsewhere);
    if (away?.kind !== 'unicast') return [];
    const virtual = new Set(
      evidence.services.map(({ service: { identity } }) =>
        identity.kind === 'address' ? identity.address : undefined,
      ),
    );
    const found = new Map<string, Finding>();
    for (const { address, family, link } of network.addresses) {
      if (family !== 'inet' || link === away.link || found.has(link) || !virtual.has(address)) continue;
      if (network.link(link)?.isLoopback !== false || filterOf(evidence, link) !== strict) continue;
      const path = `net/ipv4/conf/${link}/rp_filter`;
      found.set(link, {
        check: reversePathFilter.id,
        severity: 'hint',
        subject: director,
        lookedAt: `/proc/sys/${path}, /proc/sys/net/ipv4/conf/all/rp_filter and the default route`,
        found: `${address} is on ${link}, which filters strictly (1), and the default route is by ${away.link}`,
        matters: `requests that come in by ${link} from clients that the default route leads to are dropped without a word`,
        // The greater of the two settings holds, and 2 is greater than 1.
        mend: [onDirector(setSysctl(2, path))],
      });
    }
    return [...found.values()];
  },
};

function filterOf({ machine }: PublicEvidence, link: string): number {
  return Math.max(
    ...['all', link].map((name) => Number(machine.sysctl(`net/ipv4/conf/${name}/rp_filter`) ?? 0)),
  );
}
