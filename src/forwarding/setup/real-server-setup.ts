import type { Family } from '../../ipvs/family.ts';
import type { ForwardingMode } from '../../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import type { Tunnel } from '../../ipvs/tunnel.ts';

/** A real server's part in a service, as far as its own machine needs to know it. */
export interface RealServerSetup {
  readonly service: ServiceIdentity;
  readonly realServer: RealServerIdentity;
  readonly mode: ForwardingMode;
  /** Used under TUN only. */
  readonly tunnel: Tunnel;
  /**
   * The addresses that clients call, canonical and of the service's family: the service's own, or those that its
   * firewall mark stands for. Not used under NAT.
   */
  readonly virtualAddresses: readonly string[];
  /** The director's address towards the real server, canonical; `null` where it is not known. NAT requires it. */
  readonly director: string | null;
  /** Largest packet in bytes from the director to the real server; `null` where that is not known. */
  readonly mtu: number | null;
}

/**
 * A name for the real server's part in a service: one word without blanks, brackets or slashes. The notes on the
 * machine use it to say who needs a thing. Two services with the same virtual address have different names, and so
 * have two modes of one service.
 */
export function setupName({ service, realServer, mode }: RealServerSetup): string {
  const words =
    service.kind === 'fwmark'
      ? [service.family === 'inet6' ? 'fwm6' : 'fwm', service.fwmark]
      : [service.protocol, service.address, service.port];
  return [mode, ...words, realServer.address, realServer.port].join(',');
}

/**
 * An address that stands for any client: one reserved for documentation, which no network has a route of its own for.
 */
export const someClient: Readonly<Record<Family, string>> = { inet: '192.0.2.1', inet6: '2001:db8::1' };

/** The option of `ip` for a family. */
export function familyOption(family: Family): '-4' | '-6' {
  return family === 'inet' ? '-4' : '-6';
}

/** The prefix length of a single address. */
export function hostPrefix(family: Family): 32 | 128 {
  return family === 'inet' ? 32 : 128;
}

/** The virtual addresses. Throws an `Error` when there is none. */
export function requireVirtualAddresses({ virtualAddresses }: RealServerSetup): readonly string[] {
  if (virtualAddresses.length === 0) throw new Error('no virtual address is known');
  return virtualAddresses;
}
