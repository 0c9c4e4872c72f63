import { parseRealServer, type RealServerIdentity, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServerSettings } from '../../ipvs/real-server.ts';
import { parseRealServers } from '../../ipvs/real-server-list.ts';
import { changeTunnel, type Tunnel } from '../../ipvs/tunnel.ts';
import type { ValuesOf } from './option-entry.ts';
import type { realServerOptions, tunnelOptions } from './option-table.ts';

/** Values of `tunnelOptions`. */
export type NamedTunnel = ValuesOf<typeof tunnelOptions>;

/** Values of `realServerOptions`. */
export type NamedRealServerSettings = ValuesOf<typeof realServerOptions>;

/** The settings that were named, as a change of those that a real server has (or would have). */
export function realServerChange(
  present: RealServerSettings,
  named: NamedRealServerSettings,
): Partial<RealServerSettings> {
  const { forwarding, weight, upper, lower } = named;
  return {
    ...(forwarding !== undefined && { forwarding }),
    ...(weight !== undefined && { weight }),
    ...(upper !== undefined && { upperThreshold: upper }),
    ...(lower !== undefined && { lowerThreshold: lower }),
    ...(namesTunnel(named) && { tunnel: changeTunnel(present.tunnel, namedTunnel(named)) }),
  };
}

/** Reads a real server of a service; a port that was left out is the service's. */
export function readRealServer(service: ServiceIdentity, text: string): RealServerIdentity {
  return parseRealServer(text, service.kind === 'address' ? service.port : 0);
}

/** Reads one or several real servers of a service, a range or a list of them; a port that was left out is the service's. */
export function readRealServers(service: ServiceIdentity, text: string): RealServerIdentity[] {
  return parseRealServers(text, service.kind === 'address' ? service.port : 0);
}

function namesTunnel({ tunnel, tunnelPort, tunnelChecksum }: NamedTunnel): boolean {
  return tunnel !== undefined || tunnelPort !== undefined || tunnelChecksum !== undefined;
}

/** The tunnel settings that were named. */
export function namedTunnel({ tunnel, tunnelPort, tunnelChecksum }: NamedTunnel): Partial<Tunnel> {
  return {
    ...(tunnel !== undefined && { type: tunnel }),
    ...(tunnelPort !== undefined && { port: tunnelPort }),
    ...(tunnelChecksum !== undefined && { checksum: tunnelChecksum }),
  };
}
