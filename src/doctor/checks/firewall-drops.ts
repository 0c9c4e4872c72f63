import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import { formatEndpoint } from '../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import { type CalledAddress, calledAddresses } from '../evidence/called-address.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
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
      const all = calledAddresses(evidence, service.service.identity);
      const dropped = all.flatMap((called) => {
        const verdict = requestVerdict(evidence, called, 'new');
        return verdict.kind === 'drop' ? [{ called, verdict }] : [];
      });
      const [first] = dropped;
      if (first !== undefined) {
        return [
          {
            ...what,
            lookedAt: listCommand(first.called.family, first.verdict.table),
            subject: ofService(service),
            found: `of new connections to ${nameOf(first.called, 'it')} ${dropWords(first.verdict)}`,
            matters: 'requests pass these rules before IPVS sees them',
            mend: [
              ...dropped.map(({ called, verdict }) =>
                onDirector(
                  acceptCommand(verdict, requestsTo(called)),
                  `it lets in whoever calls ${nameOf(called, 'the service')}`,
                ),
              ),
              notKept,
            ],
          },
        ];
      }
      return service.realServers.flatMap((row) => {
        const found = all.flatMap((called) => behindIpvs(evidence, service, row, called) ?? []);
        // What is called at several ports may be answered from one.
        return [...new Map(found.map((finding) => [finding.mend[0]?.text, finding])).values()];
      });
    }),
};

const what = { check: 'firewall-drops', severity: 'error' } as const;

const notKept = adviceForDirector('it is gone after a reboot: put it where the rules are kept');

/** Of what a mark stands for, other addresses and ports may be let in. */
function nameOf(called: CalledAddress, service: string): string {
  return called.mark === null ? service : formatEndpoint(called);
}

/** What becomes of requests that IPVS sends on, and of their answers. */
function behindIpvs(
  evidence: PublicEvidence,
  service: PublicServiceView,
  row: PublicRealServerView,
  called: CalledAddress,
): Finding | undefined {
  const sent = sentOnVerdict(evidence, called, row);
  const packets = requestsSentOn(called, row);
  if (sent.kind === 'drop' && packets !== undefined) {
    return {
      ...what,
      lookedAt: listCommand(packets.family, sent.table),
      subject: ofRealServer(service, row),
      found: `of the requests that IPVS sends on to it ${dropWords(sent)}`,
      matters: 'what IPVS sends on passes these rules like what this machine sends itself',
      mend: [onDirector(acceptCommand(sent, packets)), notKept],
    };
  }
  if (row.realServer.forwarding !== 'nat') return undefined;
  const response = responseVerdict(evidence, called, row, responseState(evidence));
  if (response.kind !== 'drop') return undefined;
  // Dropped only because IPVS hides its connections from the firewall: conntrack-off reports that.
  if (responseVerdict(evidence, called, row, 'established').kind !== 'drop') return undefined;
  return {
    ...what,
    lookedAt: listCommand(called.family, response.table),
    subject: ofRealServer(service, row),
    found: `of its responses ${dropWords(response)}`,
    matters: 'responses under NAT pass these rules before IPVS gives them the virtual address',
    mend: [onDirector(acceptCommand(response, responsesOf(called, row))), notKept],
  };
}
