import type { Family } from '../../ipvs/family.ts';
import type { Persistence } from '../../ipvs/service.ts';
import type { SimulatedRealServer } from './simulated-real-server.ts';
import { secondsToTicks } from './tick.ts';

interface Template {
  readonly server: SimulatedRealServer;
  /** Tick at which it ends unless the client comes again. */
  end: number;
}

/**
 * Which client, or network of clients, is held to which real server (the kernel's connection templates,
 * `ip_vs_sched_persist` in `net/netfilter/ipvs/ip_vs_core.c`). As many as there are clients, not connections.
 */
export class PersistenceTemplates {
  /** By client network, the one used longest ago first. */
  readonly #templates = new Map<number, Template>();

  /** The real server that a client network is held to. */
  find(network: number): SimulatedRealServer | undefined {
    return this.#templates.get(network)?.server;
  }

  /** Every client network that is held, to which real server, and the tick at which that ends. */
  *all(): Generator<{
    readonly network: number;
    readonly server: SimulatedRealServer;
    readonly end: number;
  }> {
    for (const [network, { server, end }] of this.#templates) yield { network, server, end };
  }

  /** Holds a client network to a real server from now on, or goes on doing so. */
  hold(network: number, server: SimulatedRealServer, tick: number, timeout: number): void {
    const known = this.#templates.get(network);
    if (known !== undefined) {
      this.#templates.delete(network);
      if (known.server !== server) known.server.persistent--;
    }
    if (known?.server !== server) server.persistent++;
    this.#templates.set(network, { server, end: tick + secondsToTicks(timeout) });
  }

  /** Forgets what has ended by `tick`. */
  expire(tick: number): void {
    for (const [network, template] of this.#templates) {
      if (template.end > tick) break;
      template.server.persistent--;
      this.#templates.delete(network);
    }
  }

  /** Forgets everything. */
  clear(): void {
    for (const template of this.#templates.values()) template.server.persistent--;
    this.#templates.clear();
  }
}

/**
 * The network that a client counts as. IPv4 applies the mask, holes and all; the made-up IPv6 clients differ
 * in the bits from 32 to 63 of their addresses only.
 */
export function clientNetwork(source: number, family: Family, persistence: Persistence): number {
  if (family === 'inet') return (source & persistence.netmask) >>> 0;
  const kept = Math.min(32, Math.max(0, persistence.netmask - 32));
  return kept === 0 ? 0 : source >>> (32 - kept);
}
