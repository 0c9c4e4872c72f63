import { addressBytes } from '../../../ipvs/address.ts';
import { formatService, type ServiceIdentity, type ServiceKey } from '../../../ipvs/identity.ts';
import { protocolNumber } from '../../../ipvs/protocol.ts';
import type { SimulatedService } from './simulated-service.ts';

/** Buckets of each of the two tables (`IP_VS_SVC_TAB_BITS` 8 in `net/netfilter/ipvs/ip_vs_ctl.c`). */
const bucketCount = 256;

/** The services, in the order in which the kernel dumps them. */
export class ServiceTable {
  readonly #byKey = new Map<ServiceKey, SimulatedService>();
  readonly #ordered: SimulatedService[] = [];
  readonly #salt: number;

  /** `salt` stands for the address of the network namespace, which the kernel mixes into its hash. */
  constructor(salt: number) {
    this.#salt = salt;
  }

  /** By bucket, and the newest first in each: addresses before firewall marks. */
  get ordered(): readonly SimulatedService[] {
    return this.#ordered;
  }

  find(identity: ServiceIdentity): SimulatedService | undefined {
    return this.#byKey.get(formatService(identity));
  }

  add(service: SimulatedService): void {
    const place = this.#place(service);
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#ordered[middle];
      if (other !== undefined && this.#place(other) < place) low = middle + 1;
      else high = middle;
    }
    this.#ordered.splice(low, 0, service);
    this.#byKey.set(service.key, service);
  }

  remove(service: SimulatedService): void {
    this.#byKey.delete(service.key);
    this.#ordered.splice(this.#ordered.indexOf(service), 1);
  }

  /** `ip_vs_svc_hashkey` and `ip_vs_svc_fwm_hashkey`; the marks have a table of their own. */
  #place({ settings: { identity } }: SimulatedService): number {
    if (identity.kind === 'fwmark') {
      return bucketCount + ((this.#salt ^ identity.fwmark) & (bucketCount - 1));
    }
    const { port } = identity;
    // Only the last byte of each word is folded: the hash keeps no more than 8 bits.
    const address = addressBytes(identity.address).reduce(
      (folded, byte, index) => (index % 4 === 3 ? folded ^ byte : folded),
      this.#salt,
    );
    return (protocolNumber(identity.protocol) ^ address ^ (port >> 8) ^ port) & (bucketCount - 1);
  }
}
