import type { HostView } from '../host/host-view.ts';
import { counterNames, type Rates } from '../ipvs/counters.ts';
import type { View } from '../sampling/view.ts';
import type { LoadSlot, Stretch } from './report.ts';

/** Lengths that a slot can have, in milliseconds; the shortest is taken that makes some two dozen slots at most. */
const minute = 60_000;
const lengths = [1, 5, 10, 30, 60, 120, 360, 1440, 7 * 1440].map((minutes) => minutes * minute);
const mostSlots = 26;

interface Sums {
  samples: number;
  rated: number;
  readonly rates: Record<keyof Rates, number>;
  peak: number | null;
  active: number | null;
  busy: number;
  looked: number;
}

/** Sums up what a director carries in slots of time, which begin at full hours and the like by the local clock. */
export class LoadSlots {
  readonly #stretch: Stretch;
  readonly #length: number;
  readonly #begin: number;
  readonly #sums = new Map<number, Sums>();

  constructor(stretch: Stretch) {
    this.#stretch = stretch;
    const { from, to } = stretch;
    this.#length = lengths.find((length) => (to - from) / length <= mostSlots) ?? (to - from) / mostSlots;
    const day = new Date(from);
    day.setHours(0, 0, 0, 0);
    this.#begin = day.getTime();
  }

  take({ time, totals }: View, host: HostView | null): void {
    const place = this.#placeOf(time);
    const sums = this.#sums.get(place) ?? newSums();
    this.#sums.set(place, sums);
    sums.samples++;
    sums.active = Math.max(sums.active ?? 0, totals.connections.active);
    if (totals.rates !== null) {
      sums.rated++;
      for (const name of counterNames) sums.rates[name] += totals.rates[name];
      sums.peak = Math.max(sums.peak ?? 0, totals.rates.connections);
    }
    if (host?.cpu) {
      sums.looked++;
      sums.busy += host.cpu.busy;
    }
  }

  /** All slots of the time, those without a sample among them. */
  slots(): LoadSlot[] {
    const { from, to } = this.#stretch;
    const slots: LoadSlot[] = [];
    for (let place = this.#placeOf(from); place <= this.#placeOf(Math.max(from, to - 1)); place++) {
      const own = this.#begin + place * this.#length;
      const stretch = { from: Math.max(from, own), to: Math.min(to, own + this.#length) };
      slots.push({ ...stretch, ...means(this.#sums.get(place) ?? newSums()) });
    }
    return slots;
  }

  #placeOf(time: number): number {
    return Math.floor(
      (Math.min(time, Math.max(this.#stretch.from, this.#stretch.to - 1)) - this.#begin) / this.#length,
    );
  }
}

function newSums(): Sums {
  const rates = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };
  return { samples: 0, rated: 0, rates, peak: null, active: null, busy: 0, looked: 0 };
}

function means({ samples, rated, rates, peak, active, busy, looked }: Sums): Omit<LoadSlot, keyof Stretch> {
  const mean = (name: keyof Rates) => rates[name] / rated;
  return {
    samples,
    rates:
      rated === 0
        ? null
        : {
            connections: mean('connections'),
            inPackets: mean('inPackets'),
            outPackets: mean('outPackets'),
            inBytes: mean('inBytes'),
            outBytes: mean('outBytes'),
          },
    peak,
    active,
    busy: looked === 0 ? null : busy / looked,
  };
}
