import type { ServiceKey } from '../ipvs/identity.ts';
import type { View } from '../sampling/view.ts';
import { Carried } from './carried.ts';
import { HighestSeen } from './highest-seen.ts';
import type { ServiceLoad } from './report.ts';

interface Load {
  /** `null` where its counters may not be read. */
  counted: { readonly connections: Carried; readonly inBytes: Carried; readonly outBytes: Carried } | null;
  readonly rate: HighestSeen;
  readonly active: HighestSeen;
}

/** Adds up what each service carries. */
export class ServiceLoads {
  readonly #loads = new Map<ServiceKey, Load>();
  #present: ReadonlySet<ServiceKey> = new Set();
  #isFirst = true;

  take({ time, services }: View): void {
    for (const { key, counters, rates, connections } of services) {
      const load = this.#loadOf(key);
      if (counters === null) load.counted = null;
      else {
        load.counted?.connections.take(counters.connections);
        load.counted?.inBytes.take(counters.inBytes);
        load.counted?.outBytes.take(counters.outBytes);
      }
      if (rates !== null) load.rate.take(rates.connections, time);
      load.active.take(connections.active, time);
    }
    this.#present = new Set(services.map(({ key }) => key));
    this.#isFirst = false;
  }

  /** Those with most connections first. */
  loads(): ServiceLoad[] {
    return Array.from(
      this.#loads,
      ([key, { counted, rate, active }]): ServiceLoad => ({
        key,
        connections: counted?.connections.sum ?? null,
        inBytes: counted?.inBytes.sum ?? null,
        outBytes: counted?.outBytes.sum ?? null,
        peak: rate.peak,
        activePeak: active.peak ?? { value: 0, time: 0 },
        isThere: this.#present.has(key),
      }),
    ).sort(
      (left, right) =>
        (right.connections ?? right.activePeak.value) - (left.connections ?? left.activePeak.value),
    );
  }

  #loadOf(key: ServiceKey): Load {
    const known = this.#loads.get(key);
    if (known !== undefined) return known;
    const counted = { connections: new Carried(), inBytes: new Carried(), outBytes: new Carried() };
    if (!this.#isFirst) for (const carried of Object.values(counted)) carried.begin();
    const load = { counted, rate: new HighestSeen(), active: new HighestSeen() };
    this.#loads.set(key, load);
    return load;
  }
}
