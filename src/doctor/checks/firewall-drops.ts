import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../check.ts';
import type { Finding } from '../finding.ts';
import { dropWords, iptables, requestVerdict, responseState, responseVerdict } from '../firewall-ways.ts';
import { eachService, ofRealServer, ofService } from '../subjects.ts';

/** The director's firewall stands before IPVS on a request's way in, and before the way out of a response under NAT. */
export const firewallDrops: PublicCheck = {
  id: 'firewall-drops',
  title: "the director's own firewall drops a service's requests, or its responses under NAT",
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops: requests are taken at LOCAL_IN behind the rules of INPUT, responses under NAT at FORWARD behind those of FORWARD',
    'net/ipv4/netfilter/ip_tables.c: the rules as the kernel has them; seen',
  ],
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service): Finding[] => {
      const { identity } = service.service;
      if (identity.kind !== 'address') return [];
      const ip = iptables(identity);
      const own = `-p ${identity.protocol}`;
      const request = requestVerdict(evidence, identity, 'new');
      const what = { check: 'firewall-drops', severity: 'error' as const, lookedAt: `${ip} -S` };
      if (request.kind === 'drop') {
        const port = identity.port === 0 ? '' : ` --dport ${identity.port}`;
        return [
          {
            ...what,
            subject: ofService(service),
            found: `of new connections to it ${dropWords('INPUT', request)}`,
            matters: 'requests pass the rules of INPUT before IPVS sees them',
            mend: [
              onDirector(
                `${ip} -I INPUT -d ${identity.address} ${own}${port} -j ACCEPT`,
                'it lets in whoever calls the service',
              ),
              adviceForDirector('it is gone after a reboot: put it where the rules are kept'),
            ],
          },
        ];
      }
      return service.realServers.flatMap((row): Finding[] => {
        const { forwarding, identity: real } = row.realServer;
        if (forwarding !== 'nat') return [];
        const response = responseVerdict(evidence, identity, row, responseState(evidence));
        if (response.kind !== 'drop') return [];
        // Only since IPVS hides its connections: another check tells.
        if (responseVerdict(evidence, identity, row, 'established').kind !== 'drop') return [];
        const port = real.port === 0 ? '' : ` --sport ${real.port}`;
        return [
          {
            ...what,
            subject: ofRealServer(service, row),
            found: `of its responses ${dropWords('FORWARD', response)}`,
            matters:
              'responses under NAT pass the rules of FORWARD before IPVS gives them the virtual address',
            mend: [
              onDirector(`${ip} -I FORWARD -s ${real.address} ${own}${port} -j ACCEPT`),
              adviceForDirector('it is gone after a reboot: put it where the rules are kept'),
            ],
          },
        ];
      });
    }),
};
