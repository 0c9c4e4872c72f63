import { onDirector } from '../../forwarding/diagnosis.ts';
import { type Endpoint, isTemplate } from '../../ipvs/connection.ts';
import { formatEndpoint, formatService } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { ofService } from '../judgement/subjects.ts';

/** States of connections that are over, which nobody misses. */
const over: ReadonlySet<string> = new Set(['FIN_WAIT', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT', 'LAST_ACK']);

/** Connections to a real server that was deleted are dropped without a word. */
export const orphanedConnections: PublicCheck = {
  id: 'orphaned-connections',
  title: 'connections to a real server that was deleted are silently dropped',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_core.c, ip_vs_in_hook: packets to a real server that is not available are dropped; with expire_nodest_conn=1 the connection ends, so that the client begins anew',
  ],
  byService: false,
  find({ services, connections, machine }) {
    if (machine.sysctl('net/ipv4/vs/expire_nodest_conn') !== '0') return [];
    // Under cache_bypass connections lead to no real server at all.
    if (machine.sysctl('net/ipv4/vs/cache_bypass') === '1') return [];
    const known = new Map(
      services.map((service): [string, Owner] => [
        service.key,
        { service, servers: new Set(service.realServers.map(nameOfServer)) },
      ]),
    );
    // A connection does not tell the mark that it came with, and a mark goes before an address and port.
    const ofMarks = new Set(
      services
        .filter(({ service }) => service.identity.kind === 'fwmark')
        .flatMap(({ realServers }) => realServers.map(nameOfServer)),
    );
    const orphans = new Map<
      string,
      { readonly service: PublicServiceView; readonly servers: Set<string>; count: number }
    >();
    for (const { protocol, client, virtual, realServer, state } of connections.connections) {
      const family = virtual.address.includes(':') ? 'inet6' : 'inet';
      const identity = { kind: 'address', family, protocol, ...virtual } as const;
      // What has no service of its own port belongs to that of port 0, if there is one.
      const owner = known.get(formatService(identity)) ?? known.get(formatService({ ...identity, port: 0 }));
      if (owner === undefined || over.has(state) || isTemplate(client.port, state)) continue;
      if (isAmong(owner.servers, realServer) || isAmong(ofMarks, realServer)) continue;
      const { key } = owner.service;
      const orphan = orphans.get(key) ?? { service: owner.service, servers: new Set<string>(), count: 0 };
      orphan.servers.add(
        formatEndpoint({ family: realServer.address.includes(':') ? 'inet6' : 'inet', ...realServer }),
      );
      orphan.count++;
      orphans.set(key, orphan);
    }
    return [...orphans.values()].map(({ service, servers, count }) => ({
      check: 'orphaned-connections',
      severity: 'warning',
      subject: ofService(service),
      lookedAt: '/proc/net/ip_vs_conn and /proc/sys/net/ipv4/vs/expire_nodest_conn',
      found: `${count} ${count === 1 ? 'connection leads' : 'connections lead'} to ${visible([...servers].slice(0, 3).join(', '))}, no longer in the table, and expire_nodest_conn is 0`,
      matters: 'their packets are dropped without an answer, so that these clients hang until they time out',
      mend: [
        onDirector(
          'sysctl -w net.ipv4.vs.expire_nodest_conn=1',
          'from then on a connection ends with its next packet as soon as its real server is deleted, also where that is added again a moment later, as health checks do',
        ),
      ],
    }));
  },
};

/** A service with the names of its real servers, see {@link nameOfServer}. */
interface Owner {
  readonly service: PublicServiceView;
  readonly servers: ReadonlySet<string>;
}

/** A real server takes connections to its own port; with port 0 it takes them to each, as its address alone says. */
function nameOfServer({ realServer: { identity } }: PublicRealServerView): string {
  return identity.port === 0 ? identity.address : nameOf(identity);
}

function nameOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

function isAmong(servers: ReadonlySet<string>, realServer: Endpoint): boolean {
  return servers.has(nameOf(realServer)) || servers.has(realServer.address);
}
