import { formatInet, formatInet6 } from '../../ipvs/address.ts';
import type { Connection, ConnectionSample, Endpoint } from '../../ipvs/connection.ts';
import type { Family } from '../../ipvs/family.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { Protocol } from '../../ipvs/protocol.ts';
import { hashText, mix } from './hash.ts';
import type { SimulatedRealServer } from './simulated-real-server.ts';
import type { SimulatedService } from './simulated-service.ts';

/**
 * Connections as the kernel's table would list them. The simulation only counts them, so who they are is made up
 * here, the same at each call: the work follows `limit`, and nothing is done for it as time passes.
 */
export function madeUpConnections(services: readonly SimulatedService[], limit: number): ConnectionSample {
  const servers = services.flatMap((service) => service.realServers.map((server) => ({ service, server })));
  const total = servers.reduce((sum, { server }) => sum + connectionsOf(server), 0);
  const share = Math.min(1, limit / Math.max(1, total));
  const connections: Connection[] = [];
  // What is left of a connection goes to the next real server, so that small ones have their chance, too.
  let due = 0;
  for (const { service, server } of servers) {
    due += connectionsOf(server) * share;
    const count = Math.floor(due + 1e-9);
    due -= count;
    const active = Math.round((count * server.active) / Math.max(1, connectionsOf(server)));
    for (let index = 0; index < count; index++)
      connections.push(madeUp(service, server, index, index < active));
  }
  connections.sort((left, right) => order(left) - order(right));
  return { connections, isWhole: share === 1 };
}

function connectionsOf(server: SimulatedRealServer): number {
  return server.active + server.inactive;
}

/** The kernel's order is that of a random hash. */
function order({ client }: Connection): number {
  return hashText(client.address, client.port);
}

function madeUp(
  service: SimulatedService,
  server: SimulatedRealServer,
  index: number,
  isActive: boolean,
): Connection {
  const { identity } = service.settings;
  const random = mix(hashText(`${service.key} ${server.key}`, index));
  const virtual = virtualEndpoint(identity, random);
  const protocol =
    identity.kind === 'address' ? identity.protocol : (service.clients?.demand.protocol ?? 'tcp');
  const { address, port } = server.settings.identity;
  return {
    protocol,
    client: { address: clientAddress(identity.family, random), port: 1024 + (mix(random + 1) % 64_512) },
    virtual,
    realServer: { address, port: port || virtual.port },
    state: stateOf(protocol, isActive, server.seesResponses),
    expires: 1 + (mix(random + 2) % (isActive ? 900 : 120)),
  };
}

function stateOf(protocol: Protocol, isActive: boolean, seesResponses: boolean): string {
  if (protocol === 'udp') return 'UDP';
  if (isActive) return 'ESTABLISHED';
  return seesResponses ? 'TIME_WAIT' : 'FIN_WAIT';
}

/** Of a firewall mark one of the many addresses that may stand behind it. */
function virtualEndpoint(identity: ServiceIdentity, random: number): Endpoint {
  if (identity.kind === 'address') {
    return { address: identity.address, port: identity.port || 1024 + (random % 1000) };
  }
  const host = 64 + (random % 24);
  return {
    address: identity.family === 'inet' ? `203.0.113.${host}` : `2001:db8:10::${host.toString(16)}`,
    port: 8443,
  };
}

/** Out of the networks for benchmarks (RFC 2544, RFC 5180), since the clients are as unreal. */
function clientAddress(family: Family, random: number): string {
  const bytes = [random >>> 24, random >>> 16, random >>> 8, random].map((byte) => byte & 0xff);
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  if (family === 'inet') return formatInet(Uint8Array.of(198, 18 + (first & 1), second, 1 + (third % 254)));
  return formatInet6([0x20, 0x01, 0, 0x02, 0, 0, first, second, ...new Array(6).fill(0), third, fourth]);
}
