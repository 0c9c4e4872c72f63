import type { Tunnel } from '../../ipvs/tunnel.ts';
import type { NetworkPicture } from '../network.ts';
import type { NetworkChoice } from '../network-rule.ts';
import type { RealServerSetup } from './real-server-setup.ts';

/** What an operator may name because the table does not tell it. */
export interface NamedFacts {
  /** The director's address towards the real server, canonical; `null` to look it up. */
  readonly director: string | null;
  /** What clients call, canonical, where the service is a firewall mark. */
  readonly virtualAddresses: readonly string[];
}

/** Puts together the facts for a set-up, from the choice of a mode and this machine's network. */
export function setupOf(choice: SetupChoice, network: NetworkPicture, named: NamedFacts): RealServerSetup {
  const { service, realServer, forwarding, tunnel } = choice;
  const route = network.routes.get(realServer.address);
  const seen = route?.kind === 'unicast' ? route : { source: null, mtu: null };
  return {
    service,
    // TUN and DR keep the port that the client called, whatever port the table has before a switch of modes.
    realServer:
      forwarding !== 'nat' && service.kind === 'address' ? { ...realServer, port: service.port } : realServer,
    mode: forwarding,
    tunnel,
    virtualAddresses: service.kind === 'address' ? [service.address] : named.virtualAddresses,
    director: named.director ?? seen.source,
    mtu: seen.mtu,
  };
}

/** A choice of a mode that a real server can be set up for. */
export interface SetupChoice extends NetworkChoice {
  readonly forwarding: RealServerSetup['mode'];
  readonly tunnel: Tunnel;
}

/** Why there is no script for a set-up, and what to do; `undefined` when there is one. */
export function setupObstacle(
  { service, realServer, mode, tunnel, virtualAddresses, director }: RealServerSetup,
  network: NetworkPicture,
): { readonly reason: string; readonly advice: string } | undefined {
  if (network.routes.get(realServer.address)?.kind === 'local') {
    return {
      reason: `${realServer.address} is this director itself`,
      advice: 'a director needs nothing to be its own real server: it takes the packets as they come in',
    };
  }
  if (mode === 'nat' && director === null) {
    return {
      reason: `which address the director has towards ${realServer.address} is not known`,
      advice: `name it: --director ADDRESS, as "ip route get ${realServer.address}" shows it behind src`,
    };
  }
  if (mode !== 'nat' && virtualAddresses.length === 0) {
    return {
      reason: 'a firewall mark does not tell which addresses clients call',
      advice: `name them: --address ADDRESS, as often as there are some (${service.family === 'inet' ? 'IPv4' : 'IPv6'})`,
    };
  }
  if (mode === 'tun' && tunnel.type.startsWith('type-')) {
    return {
      reason: `the kernel knows no tunnel of ${tunnel.type}`,
      advice: 'give the real server a tunnel of type ipip, gue or gre',
    };
  }
  if (mode === 'tun' && tunnel.type === 'gue' && tunnel.port === 0) {
    return { reason: 'a gue tunnel has no port', advice: 'name its UDP port: --tunnel-port PORT' };
  }
  return undefined;
}
