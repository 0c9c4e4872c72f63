import type { Transport } from '../../src/netlink/wire/transport.ts';
import { attribute, little, u16, u32 } from '../netlink/kernel-bytes.ts';
import { attributesStart, openAnsweringTransport } from './answering-transport.ts';
import { datagramsOf, placesIn, realServerRow, serviceRow } from './kernel-rows.ts';

/** Numbers of a row: connections, packets and bytes in and out. */
const fields = 5;

/**
 * A kernel whose answers lie ready in memory, and in which chosen real servers carry something: their counters move, and
 * those of their services by as much. Rows are told by places, one service after the other.
 */
export class CarryingKernel {
  readonly rows: number;
  readonly #perService: number;
  readonly #services: readonly Buffer[];
  readonly #realServers: readonly (readonly Buffer[])[];
  readonly #row = placesIn(realServerRow([0, 0, 0, 0]));
  readonly #serviceRow: ReturnType<typeof placesIn>;
  readonly #rowsPerDatagram: number;
  readonly #counters: Float64Array;
  readonly #serviceCounters: Float64Array;

  constructor(services: number, realServers: number) {
    this.rows = services * realServers;
    this.#perService = realServers;
    const service = (index: number) => serviceRow(attribute(1, u16(2)), attribute(5, u32(index + 1)));
    this.#serviceRow = placesIn(service(0));
    this.#services = datagramsOf(Array.from({ length: services }, (_, index) => service(index)));
    this.#rowsPerDatagram = Math.floor((this.#services[0]?.length ?? 0) / this.#serviceRow.length);
    this.#realServers = Array.from({ length: services }, (_, index) =>
      datagramsOf(
        Array.from({ length: realServers }, (_, host) => realServerRow([10, index >> 8, index & 255, host])),
      ),
    );
    this.#counters = new Float64Array(this.rows * fields);
    this.#serviceCounters = new Float64Array(services * fields);
  }

  /** Lets a real server carry so much, by field, and have so many active and inactive connections. */
  carry(place: number, amounts: readonly number[], active: number, inactive: number): void {
    const service = Math.floor(place / this.#perService);
    const datagram = this.#realServers[service]?.[0];
    const own = this.#services[Math.floor(service / this.#rowsPerDatagram)];
    if (datagram === undefined || own === undefined) return;
    const row = (place % this.#perService) * this.#row.length;
    const ownRow = (service % this.#rowsPerDatagram) * this.#serviceRow.length;
    datagram.set(u32(active), row + this.#row.of(7));
    datagram.set(u32(inactive), row + this.#row.of(8));
    for (const [field, amount] of amounts.entries()) {
      const counter = (this.#counters[place * fields + field] ?? 0) + amount;
      const sum = (this.#serviceCounters[service * fields + field] ?? 0) + amount;
      this.#counters[place * fields + field] = counter;
      this.#serviceCounters[service * fields + field] = sum;
      datagram.writeBigUInt64LE(BigInt(counter), row + this.#row.wide(12, field));
      own.writeBigUInt64LE(BigInt(sum), ownRow + this.#serviceRow.wide(12, field));
    }
  }

  /** Bytes that it takes itself. */
  get memory(): number {
    const rows = [...this.#services, ...this.#realServers.flat()];
    return rows.reduce(
      (sum, { length }) => sum + length,
      this.#counters.byteLength + this.#serviceCounters.byteLength,
    );
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
