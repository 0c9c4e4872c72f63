import {
  type CpuView,
  extendHistory,
  type HostSampler,
  type HostView,
  type InterfaceView,
  type MemoryView,
  shortestInterval,
} from '../host-view.ts';
import { createNoise, type Noise } from './smooth-noise.ts';

/** What a simulated host is made from. */
export interface SimulatedHostOptions {
  /** A whole number; the same seed gives the same values at the same times after the start. */
  readonly seed: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * A director as it could be, for `--demo`: eight processors, 15.6 GiB, some 400 Mbit/s of requests that rise
 * and fall with its load. Reads nothing of the machine it runs on.
 */
export function createSimulatedHost({ seed, now }: SimulatedHostOptions): HostSampler {
  return new SimulatedHost(seed, now ?? (() => performance.now()));
}

const gibibyte = 2 ** 30;
const cores = 8;
const totalMemory = 15.6 * gibibyte;
const megabit = 1_000_000 / 8;

class SimulatedHost implements HostSampler {
  readonly #now: () => number;
  readonly #start: number;
  readonly #day: Noise;
  readonly #minute: Noise;
  readonly #moment: Noise;
  readonly #other: Noise;
  readonly #queueCore: number;
  #last: { readonly time: number; readonly view: HostView } | null = null;

  constructor(seed: number, now: () => number) {
    this.#now = now;
    this.#start = now();
    this.#day = createNoise(seed * 4 + 1, 90);
    this.#minute = createNoise(seed * 4 + 2, 17);
    this.#moment = createNoise(seed * 4 + 3, 4);
    this.#other = createNoise(seed * 4 + 4, 31);
    this.#queueCore = Math.floor(this.#other(0) * cores);
  }

  async sample(): Promise<HostView> {
    const time = this.#now();
    if (this.#last === null || time - this.#last.time >= shortestInterval) {
      const seconds = (time - this.#start) / 1000;
      this.#last = { time, view: this.#viewAt(seconds, this.#last?.view.cpu?.history ?? []) };
    }
    return this.#last.view;
  }

  #viewAt(seconds: number, history: readonly number[]): HostView {
    const load = 0.5 * this.#day(seconds) + 0.3 * this.#minute(seconds) + 0.2 * this.#moment(seconds);
    const front = trafficOf('eth0', (300 + 220 * load) * megabit, (28 + 20 * load) * megabit, load);
    const back = trafficOf('eth1', (24 + 17 * load) * megabit, (110 + 90 * load) * megabit, 0);
    const loopback = trafficOf('lo', 0.02 * megabit, 0.02 * megabit, 0);
    return {
      cpu: this.#cpuAt(seconds, load, history),
      memory: this.#memoryAt(seconds, load),
      interfaces: [loopback, front, back],
      busiest: front,
    };
  }

  #cpuAt(seconds: number, load: number, history: readonly number[]): CpuView {
    const softirq = 0.02 + 0.1 * load;
    const busy = softirq + 0.02 + 0.05 * this.#other(seconds);
    const steal = 0.004 * this.#minute(seconds);
    // Two receive queues do most of the work.
    const queue = softirq * 3;
    return {
      busy,
      softirq,
      steal,
      cores,
      hottestCore: { index: this.#queueCore, busy: queue + (busy - softirq), softirq: queue },
      history: extendHistory(history, busy),
    };
  }

  #memoryAt(seconds: number, load: number): MemoryView {
    const used = (2.7 + 0.5 * this.#day(seconds) + 0.2 * load) * gibibyte;
    return { total: totalMemory, used: Math.round(used) };
  }
}

/** Load from which on the ring is full now and then. */
const fullRing = 0.8;

function trafficOf(name: string, inBytes: number, outBytes: number, load: number): InterfaceView {
  return {
    name,
    inBytesPerSecond: Math.round(inBytes),
    outBytesPerSecond: Math.round(outBytes),
    // Requests are short, answers are not.
    inPacketsPerSecond: Math.round(inBytes / 580),
    outPacketsPerSecond: Math.round(outBytes / 720),
    inDropsPerSecond: Math.round(Math.max(0, load - fullRing) * 200),
    outDropsPerSecond: 0,
    inErrorsPerSecond: 0,
    outErrorsPerSecond: 0,
  };
}
