import { readFileSync } from 'node:fs';
import { type Candidate, chooseBusiest } from './busiest-interface.ts';
import {
  type CpuView,
  extendHistory,
  type HostSampler,
  type HostView,
  type InterfaceView,
  type MemoryView,
  shortestInterval,
} from './host-view.ts';
import { type InterfaceCounters, parseInterfaceCounters } from './interface-counters.ts';
import { ratesBetween } from './interface-rates.ts';
import { readMemory } from './memory.ts';
import { loadBetween } from './processor-load.ts';
import { type ProcessorReading, parseProcessorTimes } from './processor-times.ts';

/** What a sampler reads with; each can be given for tests. */
export interface HostSamplerOptions {
  /** The text of a file; throws when it cannot be read. */
  readonly read?: (path: string) => string;
  /** `null`, or a rejection, when it cannot be told. */
  readonly memory?: () => Promise<MemoryView | null>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Makes a sampler of this machine, in the network namespace of this process; nothing is read before `sample`. */
export function createHostSampler(options: HostSamplerOptions = {}): HostSampler {
  return new ProcSampler(options);
}

interface InterfaceReading {
  /** Milliseconds of the sampler's clock. */
  readonly time: number;
  readonly counters: ReadonlyMap<string, InterfaceCounters>;
}

class ProcSampler implements HostSampler {
  readonly #read: (path: string) => string;
  readonly #memory: () => Promise<MemoryView | null>;
  readonly #now: () => number;
  #last: { readonly time: number; readonly view: Promise<HostView> } | null = null;
  #processors: ProcessorReading | null = null;
  #cpu: CpuView | null = null;
  #interfaces: InterfaceReading | null = null;
  #busiest: string | null = null;

  constructor({ read, memory, now }: HostSamplerOptions) {
    this.#read = read ?? ((path) => readFileSync(path, 'utf8'));
    this.#memory = memory ?? readMemory;
    this.#now = now ?? (() => performance.now());
  }

  sample(): Promise<HostView> {
    const time = this.#now();
    if (this.#last === null || time - this.#last.time >= shortestInterval)
      this.#last = { time, view: this.#sample() };
    return this.#last.view;
  }

  async #sample(): Promise<HostView> {
    // Read synchronously: a sixth of the CPU of reading through the thread pool, microseconds in all, and the
    // clock is read together with the counters, so that a busy event loop does not bend the rates.
    const cpu = this.#sampleCpu();
    const traffic = this.#sampleInterfaces();
    return { cpu, memory: await this.#sampleMemory(), ...traffic };
  }

  async #sampleMemory(): Promise<MemoryView | null> {
    try {
      return await this.#memory();
    } catch {
      return null;
    }
  }

  #sampleCpu(): CpuView | null {
    const text = this.#textOf('/proc/stat');
    const reading = text === null ? null : parseProcessorTimes(text);
    const before = this.#processors;
    this.#processors = reading;
    if (reading === null || before === null) {
      this.#cpu = null;
      return null;
    }
    const load = loadBetween(before, reading);
    if (load !== null) {
      const history = extendHistory(this.#cpu?.history ?? [], load.busy);
      this.#cpu = { ...load, cores: Math.max(1, reading.cores.size), history };
    }
    return this.#cpu;
  }

  #sampleInterfaces(): Pick<HostView, 'interfaces' | 'busiest'> {
    const text = this.#textOf('/proc/net/dev');
    const time = this.#now();
    const before = this.#interfaces;
    this.#interfaces = text === null ? null : { time, counters: parseInterfaceCounters(text) };
    if (this.#interfaces === null) return { interfaces: null, busiest: null };

    const candidates = before === null ? [] : candidatesBetween(before, this.#interfaces);
    const busiest = chooseBusiest(candidates, this.#busiest, (name) => this.#isDown(name));
    this.#busiest = busiest?.rawName ?? null;
    return { interfaces: candidates.map(({ view }) => view), busiest: busiest?.view ?? null };
  }

  #isDown(interfaceName: string): boolean {
    // Tunnels and dummies say "unknown", which is as good as up.
    const state = this.#textOf(`/sys/class/net/${interfaceName}/operstate`)?.trim();
    return state === 'down' || state === 'lowerlayerdown' || state === 'notpresent';
  }

  #textOf(path: string): string | null {
    try {
      return this.#read(path);
    } catch {
      return null;
    }
  }
}

function candidatesBetween(before: InterfaceReading, after: InterfaceReading): Candidate[] {
  const seconds = (after.time - before.time) / 1000;
  if (!(seconds > 0)) return [];
  const candidates: Candidate[] = [];
  for (const [rawName, counters] of after.counters) {
    const earlier = before.counters.get(rawName);
    if (earlier === undefined) continue;
    const view: InterfaceView = ratesBetween(rawName, earlier, counters, seconds);
    candidates.push({ rawName, carried: counters.inBytes + counters.outBytes, view });
  }
  return candidates;
}
