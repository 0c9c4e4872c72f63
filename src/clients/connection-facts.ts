import { addressOfWords, type ConnectionTable } from '../director/connection-table.ts';
import { type Endpoint, timeoutOf } from '../ipvs/connection.ts';
import type { Timeouts } from '../ipvs/director-info.ts';
import { formatEndpoint } from '../ipvs/identity.ts';
import type { RouteOwner, RouteOwners } from './route-owners.ts';

/** The connections of a table, and what is needed to tell each one's service and how long it has been idle. */
export interface ConnectionContext {
  readonly table: ConnectionTable;
  readonly owners: RouteOwners;
  /** `null` where they may not be read; then idle times are not known. */
  readonly timeouts: Timeouts | null;
}

/** Words for where a connection came from: this director, or a sync daemon. */
export const origins = ['local', 'sync'] as const;

/** The facts of one connection at a time, the one in `row`: a single object serves all connections. */
export class ConnectionFacts {
  readonly #context: ConnectionContext;
  row = 0;
  #named = -1;
  #address = '';

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  get isTemplate(): boolean {
    return this.#context.table.isTemplate(this.row);
  }

  get owner(): RouteOwner {
    const { table, owners } = this.#context;
    const route = table.routes[table.routeOf(this.row)];
    if (route === undefined) throw new RangeError(`there is no connection ${this.row}`);
    return owners.of(route);
  }

  /** Number of its route. */
  get route(): number {
    return this.#context.table.routeOf(this.row);
  }

  /** Its client's address as four 32-bit words. */
  get clientWords(): Uint32Array {
    return this.#context.table.client(this.row);
  }

  get clientAddress(): string {
    if (this.#named !== this.row) {
      this.#named = this.row;
      this.#address = addressOfWords(this.clientWords);
    }
    return this.#address;
  }

  get clientPort(): number {
    return this.#context.table.portOf(this.row);
  }

  /** `10.0.0.2:49999`. */
  get client(): string {
    return endpointText({ address: this.clientAddress, port: this.clientPort });
  }

  /** The address and port that the client called. */
  get virtual(): string {
    const virtual = this.#context.table.routes[this.route]?.virtual;
    return virtual === undefined ? '' : endpointText(virtual);
  }

  /** Its state, in the kernel's word. */
  get state(): string {
    const { table } = this.#context;
    return table.states[table.stateOf(this.row)] ?? '';
  }

  /** Seconds until the kernel forgets it. */
  get left(): number {
    return this.#context.table.expiresOf(this.row);
  }

  /** Seconds since its last packet: the time-out of its state less the time left; `null` where that is not known. */
  get idle(): number | null {
    const { table, timeouts } = this.#context;
    const protocol = table.routes[this.route]?.protocol;
    if (timeouts === null || protocol === undefined) return null;
    const timeout = timeoutOf(protocol, this.state, timeouts);
    return timeout === undefined ? null : Math.max(0, timeout - this.left);
  }

  get isActive(): boolean {
    return this.state === 'ESTABLISHED';
  }

  /** Whether its handshake is not complete. */
  get isHalfOpen(): boolean {
    const { state } = this;
    return state === 'SYN_RECV' || state === 'SYN_SENT';
  }

  get origin(): (typeof origins)[number] {
    return this.#context.table.isSynced(this.row) ? 'sync' : 'local';
  }
}

function endpointText(endpoint: Endpoint): string {
  return formatEndpoint({ family: endpoint.address.includes(':') ? 'inet6' : 'inet', ...endpoint });
}
