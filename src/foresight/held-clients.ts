import type { Persistence } from '../ipvs/service.ts';
import type { ClientNetworks } from './client-spread.ts';
import type { Course } from './course.ts';
import type { RunServer } from './run-server.ts';

/**
 * Client networks that persistence holds to real servers during a run. A template ends when its time-out has passed
 * since its last connection came, but never before that connection is forgotten (`ip_vs_conn_expire` in
 * `net/netfilter/ipvs/ip_vs_conn.c` keeps a template that connections belong to).
 */
export class HeldClients {
  readonly #networks: ClientNetworks;
  readonly #timeout: number;
  readonly #freesQuiescent: boolean;
  /**
   * For each network: the place of the real server that it is held to, −1 for none, and the second at which that
   * ends.
   */
  readonly #servers: Int32Array;
  readonly #ends: Float64Array;

  constructor({ load, service, held, expireQuiescentTemplate }: Course, persistence: Persistence) {
    this.#networks = load.clients.networks(service.identity.family, persistence.netmask);
    this.#timeout = persistence.timeout;
    this.#freesQuiescent = expireQuiescentTemplate;
    this.#servers = new Int32Array(this.#networks.length).fill(-1);
    this.#ends = new Float64Array(this.#networks.length);
    for (const { words, server, secondsLeft } of held) {
      const network = this.#networks.find(words);
      if (network === undefined) continue;
      this.#servers[network] = server;
      this.#ends[network] = secondsLeft;
    }
  }

  /** The real server that a client is held to at a time, seconds; `undefined` where the scheduler has to choose. */
  find(client: number, time: number, servers: readonly RunServer[]): RunServer | undefined {
    const network = this.#networks.ofClient[client] ?? 0;
    if ((this.#ends[network] ?? 0) < time) return undefined;
    const server = servers[this.#servers[network] ?? -1];
    return this.#freesQuiescent && server?.weight === 0 ? undefined : server;
  }

  /** Holds a client to a real server from a time on, seconds; the new connection lasts for `seconds`. */
  hold(client: number, { place }: RunServer, time: number, seconds: number): void {
    const network = this.#networks.ofClient[client] ?? 0;
    const end = time + Math.max(this.#timeout, seconds);
    this.#ends[network] = this.#servers[network] === place ? Math.max(this.#ends[network] ?? 0, end) : end;
    this.#servers[network] = place;
  }
}
