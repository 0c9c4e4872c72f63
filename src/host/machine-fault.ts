import type { ForwardingMethod } from '../ipvs/forwarding-method.ts';

/** What can be wrong with a real server of a simulated director, as scenes write it. */
export const machineFaults = ['vip missing', 'wrong gateway', 'port closed', 'down'] as const;

/**
 * One of `machineFaults`: the virtual address is not on it; its gateway to clients is another machine than the
 * director; nothing listens on the port; it does not even answer ARP.
 */
export type MachineFault = (typeof machineFaults)[number];

/**
 * Whether connections to a machine with this fault work: under NAT it needs no virtual address, under DR and TUN its
 * answers need no director.
 */
export function serves(fault: MachineFault | undefined, forwarding: ForwardingMethod): boolean {
  switch (fault) {
    case undefined:
      return true;
    case 'vip missing':
      return forwarding !== 'dr' && forwarding !== 'tun';
    case 'wrong gateway':
      return forwarding !== 'nat';
    case 'port closed':
    case 'down':
      return false;
  }
}
