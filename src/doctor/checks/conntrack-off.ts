import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import { calledAddresses } from '../evidence/called-address.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import {
  acceptCommand,
  dropWords,
  listCommand,
  responsesOf,
  responseVerdict,
} from '../evidence/firewall-ways.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { director, ofService } from '../judgement/subjects.ts';
import { droppedAsInvalid, harmedByTracking, untrackRemedies } from '../judgement/untracked.ts';

const path = 'net/ipv4/vs/conntrack';

/** Lets the firewall track the connections of IPVS. */
const trackRemedy = onDirector(
  'sysctl -w net.ipv4.vs.conntrack=1',
  'each packet of IPVS is looked up among the connections of the firewall, too: processor time, and a place of net.netfilter.nf_conntrack_max for each connection',
);

/** With conntrack=0 a stateful firewall does not see the connections of IPVS. */
export const conntrackOff: PublicCheck = {
  id: 'conntrack-off',
  title: 'firewall rules look at tracked connections, and IPVS hides its own from them',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_notrack: with conntrack=0 packets of IPVS are untracked',
    'net/netfilter/nf_conntrack_proto_tcp.c, tcp_conntracks: a FIN or RST of a connection that is not known is invalid, and so is a SYN-ACK',
    'Documentation/networking/ipvs-sysctl.rst, conntrack: for firewalls that must see them, at some cost',
  ],
  byService: false,
  find(evidence) {
    if (evidence.services.length === 0 || evidence.machine.sysctl(path) !== '0') return [];
    const firewall = evidence.machine.firewall();
    if (firewall.unread !== null) return firewall.tracks === false ? [] : unreadRules(evidence);
    return [...hiddenResponses(evidence), ...lostEnds(evidence), ...idleMasquerade(evidence)];
  },
};

/**
 * Rules that cannot be read, but are known to match the state of connections, here or in another network namespace.
 */
function unreadRules(evidence: PublicEvidence): Finding[] {
  const { tracks } = evidence.machine.firewall();
  if (tracks === 'unknown') return [];
  return [
    {
      check: conntrackOff.id,
      severity: 'hint',
      subject: director,
      lookedAt: `/proc/sys/${path}, and how many rules use the modules that look at connections`,
      found: `${path.slice(path.lastIndexOf('/') + 1)} is 0, and rules look at the state of connections, perhaps in another network namespace; what they do was not read`,
      matters: 'to these rules packets of IPVS are untracked or invalid, so that they may drop them',
      mend: [
        adviceForDirector(
          'see what they do with the services\' packets: "nft list ruleset", "iptables -S". Where they drop responses under NAT, net.ipv4.vs.conntrack=1 shows them the connections; under DR and TUN it has them take every client for invalid, and what helps is to leave the virtual address untracked',
        ),
      ],
    },
  ];
}

/** Under NAT: responses are dropped because they belong to no connection that the firewall knows. */
function hiddenResponses(evidence: PublicEvidence): Finding[] {
  const dropped = natRows(evidence).flatMap(({ called, row }) => {
    const verdict = responseVerdict(evidence, called, row, 'invalid');
    if (verdict.kind !== 'drop') return [];
    const isOnlyHidden = responseVerdict(evidence, called, row, 'established').kind === 'accept';
    return isOnlyHidden ? [{ called, row, verdict }] : [];
  });
  const [first] = dropped;
  if (first === undefined) return [];
  const accepts = dropped.map(({ called, row, verdict }) => acceptCommand(verdict, responsesOf(called, row)));
  return [
    {
      check: conntrackOff.id,
      severity: 'error',
      subject: director,
      lookedAt: `/proc/sys/${path}, and ${listCommand(first.called.family, first.verdict.table)}`,
      found: `conntrack is 0, so that responses under NAT belong to no connection that the firewall knows, and ${dropWords(first.verdict)}`,
      matters: 'by these rules no client of these services gets an answer',
      mend:
        harmedByTracking(evidence).length > 0
          ? [
              ...[...new Set(accepts)].map((accept) => onDirector(accept)),
              adviceForDirector(
                'not net.ipv4.vs.conntrack=1: the clients of the services under DR or TUN would be dropped by it',
              ),
            ]
          : [trackRemedy],
    },
  ];
}

/** Under DR and TUN: the clients' last packets are dropped, so that IPVS and the real server never see the end. */
function lostEnds(evidence: PublicEvidence): Finding[] {
  return evidence.services.flatMap((service): Finding[] => {
    if (!isOneWay(service) || evidence.machine.firewall().tables.length === 0) return [];
    const dropped = droppedAsInvalid(evidence, service);
    const [first] = dropped;
    if (first === undefined) return [];
    return [
      {
        check: conntrackOff.id,
        severity: 'warning',
        subject: ofService(service),
        lookedAt: `/proc/sys/${path}, and ${listCommand(first.called.family, first.verdict.table)}`,
        found: `conntrack is 0, so that the firewall takes a client's FIN or RST for one of no connection, and ${dropWords(first.verdict)}`,
        matters:
          'neither IPVS nor the real server sees connections end: they stay ESTABLISHED until they time out, and count for the scheduler, thresholds and drains',
        mend: untrackRemedies(dropped),
      },
    ];
  });
}

/** Under NAT: a source NAT rule for packets of IPVS has no effect, since they pass it untracked. */
function idleMasquerade(evidence: PublicEvidence): Finding[] {
  const rows = natRows(evidence);
  const [first] = rows;
  if (first === undefined) return [];
  const rewrites = evidence.machine
    .firewall()
    .tables.flatMap(({ chains }) => [...chains.values()])
    .filter(({ base }) => base?.isNat && base.point === 'postrouting')
    .flatMap(({ rules }) => rules)
    .find(
      ({ target, matches }) =>
        target.kind === 'other' &&
        (target.name === 'MASQUERADE' || target.name === 'SNAT') &&
        matches.some(({ kind }) => kind === 'ipvs'),
    );
  if (rewrites === undefined) return [];
  return [
    {
      check: conntrackOff.id,
      severity: 'warning',
      subject: director,
      lookedAt: `/proc/sys/${path}, and iptables -t nat -S`,
      found:
        'conntrack is 0, and a rule of POSTROUTING is to give packets of IPVS another source, which pass it untracked',
      matters: "the rule does nothing: real servers see the clients' own addresses and answer these",
      mend:
        harmedByTracking(evidence).length > 0
          ? [
              adviceForDirector(
                'net.ipv4.vs.conntrack=1 puts it to work, but the firewall would drop the clients of the services under DR or TUN by it: leave their virtual addresses untracked first',
              ),
            ]
          : [trackRemedy],
    },
  ];
}

function natRows(evidence: PublicEvidence) {
  return evidence.services.flatMap(({ service, realServers }) => {
    const rows = realServers.filter(({ realServer }) => realServer.forwarding === 'nat');
    return rows.length === 0
      ? []
      : calledAddresses(evidence, service.identity).flatMap((called) => rows.map((row) => ({ called, row })));
  });
}

function isOneWay({ realServers }: PublicServiceView): boolean {
  return realServers.some(({ realServer: { forwarding } }) => forwarding === 'dr' || forwarding === 'tun');
}
