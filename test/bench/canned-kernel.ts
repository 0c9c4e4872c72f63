import type { Transport } from '../../src/netlink/wire/transport.ts';
import { attribute, little, u16, u32 } from '../netlink/kernel-bytes.ts';
import { attributesStart, openAnsweringTransport } from './answering-transport.ts';
import { datagramsOf, placesIn, realServerRow, serviceRow } from './kernel-rows.ts';

/** What changes from one sweep to the next: nothing, what rows have carried, or their weights as well. */
export type Change = 'nothing' | 'numbers' | 'weights';

/**
 * A kernel whose answers lie ready in memory, for machines without IPVS and for measuring what lvstop makes of them:
 * services of firewall marks, each with as many real servers.
 */
export class CannedKernel {
  change: Change = 'nothing';
  readonly #services: readonly Buffer[];
  /** Datagrams of each service. */
  readonly #realServers: readonly (readonly Buffer[])[];
  readonly #row = placesIn(realServerRow([0, 0, 0, 0]));
  #tick = 0;

  constructor(services: number, realServers: number) {
    this.#services = datagramsOf(
      Array.from({ length: services }, (_, index) =>
        serviceRow(attribute(1, u16(2)), attribute(5, u32(index + 1))),
      ),
    );
    this.#realServers = Array.from({ length: services }, (_, index) =>
      datagramsOf(
        Array.from({ length: realServers }, (_, host) => realServerRow([10, index >> 8, index & 255, host])),
      ),
    );
  }

  /** Makes the change that the next sweep will find. */
  tick(): void {
    this.#tick++;
    if (this.change === 'nothing') return;
    const { length, of, wide } = this.#row;
    for (const datagram of this.#realServers.flat())
      for (let row = 0; row < datagram.length; row += length) {
        datagram.set(u32(this.#tick), row + of(7));
        datagram.set(u32(this.#tick), row + wide(12, 0));
        if (this.change === 'weights') datagram.set(u32(this.#tick), row + of(4));
      }
  }

  open(): Transport {
    return openAnsweringTransport(({ of, view }) => {
      if (of === 'services') return this.#services;
      // The head of the service's nest, its family, and the head of its mark.
      const mark = view.getUint32(attributesStart + 4 + 8 + 4, little);
      return this.#realServers[mark - 1] ?? [];
    });
  }
}
