import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import {
  acceptCommand,
  dropWords,
  listCommand,
  requestsSentOn,
  requestsTo,
  requestVerdict,
  responseState,
  responsesOf,
  responseVerdict,
  sentOnVerdict,
} from '../evidence/firewall-ways.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { eachService, ofRealServer, ofService } from '../judgement/subjects.ts';

/**
 * The director's firewall sees requests before IPVS takes them and again when IPVS sends them on, and it sees
 * responses under NAT before IPVS rewrites them.
 */
export const firewallDrops: PublicCheck = {
  id: 'firewall-drops',
  title:
    "the director's own firewall drops a service's requests, before or behind IPVS, or its responses under NAT",
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops: requests are taken at LOCAL_IN behind the rules of INPUT, responses under NAT at FORWARD behind those of FORWARD',
    'net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_send_or_cont: what is sent on passes LOCAL_OUT, and so the rules of OUTPUT; seen',
    'net/ipv4/netfilter/ip_tables.c and net/netfilter/nf_tables_core.c: how rules are gone through; seen',
  ],
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service): Finding[] => {
      const { identity } = service.service;
      if (identity.kind !== 'address') return [];
      const request = requestVerdict(evidence, identity, 'new');
      const what = { check: 'firewall-drops', severity: 'error' as const };
      if (request.kind === 'drop') {
        return [
          {
            ...what,
            lookedAt: listCommand(identity.family, request.table),
            subject: ofService(service),
            found: `of new connections to it ${dropWords(request)}`,
            matters: 'requests pass these rules before IPVS sees them',
            mend: [
              onDirector(
                acceptCommand(request, requestsTo(identity)),
                'it lets in whoever calls the service',
              ),
              adviceForDirector('it is gone after a reboot: put it where the rules are kept'),
            ],
          },
        ];
      }
      return service.realServers.flatMap((row): Finding[] => {
        const sent = sentOnVerdict(evidence, identity, row);
        const packets = requestsSentOn(identity, row);
        if (sent.kind === 'drop' && packets !== undefined) {
          return [
            {
              ...what,
              lookedAt: listCommand(packets.family, sent.table),
              subject: ofRealServer(service, row),
              found: `of the requests that IPVS sends on to it ${dropWords(sent)}`,
              matters: 'what IPVS sends on passes these rules like what this machine sends itself',
              mend: [
                onDirector(acceptCommand(sent, packets)),
                adviceForDirector('it is gone after a reboot: put it where the rules are kept'),
              ],
            },
          ];
        }
        if (row.realServer.forwarding !== 'nat') return [];
        const response = responseVerdict(evidence, identity, row, responseState(evidence));
        if (response.kind !== 'drop') return [];
        // Dropped only because IPVS hides its connections from the firewall: conntrack-off reports that.
        if (responseVerdict(evidence, identity, row, 'established').kind !== 'drop') return [];
        return [
          {
            ...what,
            lookedAt: listCommand(identity.family, response.table),
            subject: ofRealServer(service, row),
            found: `of its responses ${dropWords(response)}`,
            matters: 'responses under NAT pass these rules before IPVS gives them the virtual address',
            mend: [
              onDirector(acceptCommand(response, responsesOf(identity, row))),
              adviceForDirector('it is gone after a reboot: put it where the rules are kept'),
            ],
          },
        ];
      });
    }),
};
