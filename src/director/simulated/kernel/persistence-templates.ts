import type { Family } from '../../../ipvs/family.ts';
import type { Persistence } from '../../../ipvs/service.ts';
import type { SimulatedRealServer } from './simulated-real-server.ts';
import { secondsToTicks } from './tick.ts';

/** What holds a client, or a network of clients, to a real server. */
export interface Template {
  readonly network: number;
  readonly server: SimulatedRealServer;
  /** It brings no client to its real server any more, and only waits for its end. */
  readonly isInvalid: boolean;
  /** Tick at which its time runs out unless the client comes again. */
  readonly end: number;
}

interface LivingTemplate extends Template {
  isInvalid: boolean;
  end: number;
  /** Ticks that it lives after its last use. */
  timeout: number;
  /** Tick at which the last connection ends that began under it. */
  needed: number;
}

/**
 * Further ticks that a template gets when its time runs out while it has connections (`ip_vs_conn_expire` in
 * `ip_vs_conn.c`).
 */
const extension = secondsToTicks(60);

/** Templates are looked at on full seconds only, so that each look finds many. */
const grain = secondsToTicks(1);

/**
 * Which client, or network of clients, is held to which real server (the kernel's connection templates,
 * `ip_vs_sched_persist` in `net/netfilter/ipvs/ip_vs_core.c`). As many as there are clients, not connections. They
 * outlive the service that they belong to.
 */
export class PersistenceTemplates {
  /** By client network. */
  readonly #valid = new Map<number, LivingTemplate>();
  /** Every template by the tick at which it is to be looked at; those that were used since then have a later end. */
  readonly #due = new Map<number, LivingTemplate[]>();
  #count = 0;
  #nextLook = Number.POSITIVE_INFINITY;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /**
   * The real server that a client network is held to. A template whose server was deleted, or has weight 0 under
   * `expireQuiescent`, becomes invalid and holds nobody from then on (`ip_vs_check_template`).
   */
  find(network: number, expireQuiescent: boolean): SimulatedRealServer | undefined {
    const template = this.#valid.get(network);
    if (template === undefined) return undefined;
    const { server } = template;
    if (server.available && !(expireQuiescent && server.weight === 0)) return server;
    this.#valid.delete(network);
    template.isInvalid = true;
    return undefined;
  }

  /** The real server of a network's valid template, without the checks of `find`. */
  peek(network: number): SimulatedRealServer | undefined {
    return this.#valid.get(network)?.server;
  }

  /** Every template. */
  *all(): Generator<Template, void, void> {
    for (const templates of this.#due.values()) yield* templates;
  }

  /**
   * Holds a client network to a real server from now on, or goes on doing so; `timeout` in seconds counts for a new
   * template. A connection under it lives up to the tick `needed`.
   */
  hold(network: number, server: SimulatedRealServer, tick: number, timeout: number, needed: number): void {
    const known = this.#valid.get(network);
    if (known?.server === server) {
      known.end = tick + known.timeout;
      known.needed = Math.max(known.needed, needed);
      return;
    }
    const ticks = secondsToTicks(timeout);
    const template = { network, server, isInvalid: false, timeout: ticks, end: tick + ticks, needed };
    server.persistent++;
    this.#count++;
    this.#valid.set(network, template);
    this.#lookLater(template);
  }

  /** Forgets what has ended by `tick`. */
  expire(tick: number): void {
    while (this.#nextLook <= tick) {
      const due = this.#nextLook;
      const templates = this.#due.get(due) ?? [];
      this.#due.delete(due);
      this.#nextLook = Number.POSITIVE_INFINITY;
      for (const later of this.#due.keys()) this.#nextLook = Math.min(this.#nextLook, later);
      for (const template of templates) this.#lookAt(template, due);
    }
  }

  #lookAt(template: LivingTemplate, tick: number): void {
    if (template.end <= tick && template.needed > tick) {
      template.timeout = extension;
      template.end = tick + extension;
    }
    if (template.end > tick) {
      this.#lookLater(template);
      return;
    }
    template.server.persistent--;
    this.#count--;
    if (!template.isInvalid) this.#valid.delete(template.network);
  }

  #lookLater(template: LivingTemplate): void {
    const due = Math.ceil(template.end / grain) * grain;
    const others = this.#due.get(due);
    if (others === undefined) this.#due.set(due, [template]);
    else others.push(template);
    if (due < this.#nextLook) this.#nextLook = due;
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
