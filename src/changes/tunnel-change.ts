import { defaultTunnel, type Tunnel } from '../ipvs/tunnel.ts';

/**
 * A tunnel in which some settings were named. Another type starts from its own defaults, since port and
 * checksum of one type may mean nothing to the other; the same type keeps what was not named.
 */
export function changeTunnel(current: Tunnel, named: Partial<Tunnel>): Tunnel {
  const sameType = named.type === undefined || named.type === current.type;
  return { ...(sameType ? current : defaultTunnel), ...named };
}
