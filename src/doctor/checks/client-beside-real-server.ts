import {
  adviceForDirector,
  adviceForRealServer,
  onDirector,
  onRealServer,
  type Remedy,
  setSysctl,
} from '../../forwarding/diagnosis.ts';
import type { Connection } from '../../ipvs/connection.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import { connectionsOf, isStuck } from '../evidence/sampled-connections.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { isCutOff } from '../judgement/cut-off.ts';
import { type DirectorSubnet, subnetOf } from '../judgement/director-subnet.ts';
import { eachRealServer, ofRealServer } from '../judgement/subjects.ts';

/** At most this many clients get a route command of their own. */
const mostTold = 4;

/** A real server answers a neighbour straight, past the director. */
export const clientBesideRealServer: PublicCheck = {
  id: 'client-beside-real-server',
  title: 'a client is in the subnet of a real server under NAT and does not get its answers',
  restsOn: [
    'linuxvirtualserver.org, VS-NAT: the response comes back through the director',
    'practice: a real server answers its own subnet straight, and the client takes no answer from an address that it did not ask',
  ],
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      const { forwarding, identity } = row.realServer;
      if (forwarding !== 'nat') return undefined;
      const connections = connectionsOf(evidence, service, row);
      const subnet = connections.length === 0 ? undefined : subnetOf(evidence.network, identity.address);
      if (subnet === undefined) return undefined;
      const clients = unansweredClients(connections.filter(({ client }) => subnet.holds(client.address)));
      const [first] = clients;
      if (first === undefined || isCutOff(evidence, service, row)) return undefined;
      if (clients.every((client) => client === identity.address)) return callsItself(service, row);
      return {
        check: clientBesideRealServer.id,
        severity: 'error',
        subject: ofRealServer(service, row),
        lookedAt: '/proc/net/ip_vs_conn',
        found: `${clients.length === 1 ? `client ${first} is` : `${clients.length} clients are, ${first} one of them,`} in its subnet ${subnet.name}, without an answer (SYN_RECV)`,
        matters: `a real server answers its neighbours straight instead of through the director, and a client refuses an answer that does not come from the virtual address${
          connections.some((one) => !subnet.holds(one.client.address) && one.state !== 'SYN_RECV')
            ? '. Clients from elsewhere get through'
            : '. That is not seen from here: a real server that is down looks the same'
        }`,
        mend: remedies(
          identity.address,
          clients.filter((client) => client !== identity.address),
          subnet,
        ),
      };
    }),
};

/** A real server that calls the service and is chosen itself gets a packet that seems to come from itself. */
function callsItself(service: PublicServiceView, row: PublicRealServerView): Finding {
  const { address, family } = row.realServer.identity;
  const { identity } = service.service;
  const vip = identity.kind === 'address' ? identity.address : 'VIP';
  const iptables = family === 'inet' ? 'iptables' : 'ip6tables';
  return {
    check: clientBesideRealServer.id,
    severity: 'error',
    subject: ofRealServer(service, row),
    lookedAt: '/proc/net/ip_vs_conn',
    found: `${address} calls the service, and is sent to itself, without an answer (SYN_RECV)`,
    matters:
      'it gets back its own packet with its own address as the source, and drops that. It says nothing of other clients',
    mend: [
      adviceForRealServer(address, 'its programs can call it by its own address'),
      adviceForDirector(
        `or have the director stand in as the client: "${iptables} -t nat -A POSTROUTING -m ipvs --vaddr ${vip} -s ${address} -j MASQUERADE" with net.ipv4.vs.conntrack=1, which under DR and TUN a firewall that looks at connections takes amiss; real servers then see the director's address in place of that client's`,
      ),
    ],
  };
}

/** Clients none of whose connections got through. */
function unansweredClients(connections: readonly Connection[]): string[] {
  const answered = new Map<string, boolean>();
  for (const connection of connections) {
    const { address } = connection.client;
    if (connection.state === 'SYN_RECV' ? isStuck(connection) : connection.protocol === 'tcp') {
      answered.set(address, (answered.get(address) ?? false) || connection.state !== 'SYN_RECV');
    }
  }
  return [...answered].filter(([, isAnswered]) => !isAnswered).map(([address]) => address);
}

function remedies(realServer: string, clients: readonly string[], { own }: DirectorSubnet): Remedy[] {
  const isInet = own.family === 'inet';
  const told = clients.slice(0, mostTold);
  return [
    // Redirects are switched off before the route is set: otherwise the director would tell the real server of the
    // direct way again at once. IPv6 needs no such command: a redirect comes from the director's link-local address,
    // and the real server ignores it because its route has another gateway address.
    ...(isInet
      ? [
          onDirector(
            setSysctl(0, ...['all', own.link].map((link) => `net/ipv4/conf/${link}/send_redirects`)),
            'machines on that link are not told of shorter ways any more, and send all that they send through the director on through it',
          ),
        ]
      : []),
    ...told.map((client) =>
      onRealServer(realServer, `${isInet ? 'ip' : 'ip -6'} route replace ${client} via ${own.address}`),
    ),
    adviceForRealServer(
      realServer,
      told.length < clients.length
        ? 'the same for the other clients, or DR instead of NAT, which lets real servers answer straight'
        : 'or DR instead of NAT, which lets real servers answer straight',
    ),
  ];
}
