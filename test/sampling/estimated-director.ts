import type { Director } from '../../src/director/director.ts';
import { type Counters, type Rates, zeroCounters, zeroRates } from '../../src/ipvs/counters.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import {
  formatService,
  parseRealServer,
  parseService,
  type ServiceIdentity,
} from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerEntry } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceEntry } from '../../src/ipvs/service.ts';
import { systemClock } from '../../src/system/clock.ts';

interface Sample {
  readonly counters: Counters;
  readonly kernelRates: Rates;
}

/** What an object has carried up to a moment, in connections: anything that never falls. */
export type Load = (time: number) => number;

/** Nothing at all. */
export const idle: Load = () => 0;

/** So many connections a second from one moment to another, in milliseconds. */
export function steady(rate: number, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Load {
  return (time) => {
    const start = Math.max(from, 0);
    return Math.floor((rate * Math.max(0, Math.min(time, to) - start)) / 1000);
  };
}

/** When the kernel's estimator runs. */
export interface Steps {
  /** Milliseconds. */
  readonly period: number;
  /** Of the first step. */
  readonly phase: number;
}

/** An object whose counters can be read as the kernel lets them be read: as they were at its last step. */
export class EstimatedObject {
  load: Load;
  readonly #steps: Steps;
  /** What the load had carried when the object was made or zeroed. */
  #zero: number;
  #published = 0;
  #rate = 0;
  #lastStep: number;
  #sample: Sample = { counters: zeroCounters, kernelRates: zeroRates };

  constructor(load: Load, steps: Steps, made = 0) {
    this.load = load;
    this.#steps = steps;
    this.#zero = load(made);
    this.#lastStep = this.#stepAtOrBefore(made);
  }

  /** `ip_vs_zero_stats`: the counters of the last step count as zero, and the averages begin anew. */
  zero(time: number): void {
    this.read(time);
    this.#zero += this.#published;
    this.#published = 0;
    this.#rate = 0;
  }

  /** The same object as long as nothing has moved. */
  read(time: number): Sample {
    const { period } = this.#steps;
    for (let step = this.#lastStep + period; step <= time; step += period) {
      const carried = this.load(step) - this.#zero;
      // `estimation_timer`: avg += (now - avg) / 4, kept with more digits than are shown.
      this.#rate += ((carried - this.#published) / (period / 1000) - this.#rate) / 4;
      this.#published = carried;
      this.#lastStep = step;
    }
    const shown = Math.round(this.#rate);
    if (
      this.#sample.counters.connections !== this.#published ||
      this.#sample.kernelRates.connections !== shown
    )
      this.#sample = { counters: scaled(this.#published), kernelRates: scaled(shown) };
    return this.#sample;
  }

  #stepAtOrBefore(time: number): number {
    const { period, phase } = this.#steps;
    return phase + Math.floor((time - phase) / period) * period;
  }
}

/** Every connection is 5 packets in and 4 out, of 100 and 1000 bytes. */
function scaled(connections: number): Counters & Rates {
  if (connections === 0) return zeroCounters as Counters & Rates;
  return {
    connections,
    inPackets: connections * 5,
    outPackets: connections * 4,
    inBytes: connections * 500,
    outBytes: connections * 4000,
  };
}

interface Service {
  readonly identity: ServiceIdentity;
  readonly own: EstimatedObject;
  readonly realServers: Map<string, EstimatedObject>;
}

/** A director whose objects step as the kernel's do, in a time of its own. Only what a sampler reads works. */
export class EstimatedDirector implements Director {
  readonly access = 'full';
  readonly source = 'simulated';
  readonly hostName = 'lb-test';
  readonly clock = systemClock;
  readonly services = new Map<string, Service>();
  readonly settings = new Map<string, string>();
  /** Makes every call fail. */
  error: IpvsError | undefined;
  /** Requests of every kind so far. */
  requests = 0;
  /** Called when the real servers of a service are read. */
  onRealServers: (service: string) => void = () => undefined;
  readonly #now: () => number;
  readonly #entries = new WeakMap<Sample, object>();

  constructor(now: () => number) {
    this.#now = now;
  }

  addServiceUnder(
    name: string,
    own: EstimatedObject,
    realServers: Record<string, EstimatedObject> = {},
  ): void {
    const identity = parseService(name);
    this.services.set(name, { identity, own, realServers: new Map(Object.entries(realServers)) });
  }

  totals() {
    return null;
  }

  info() {
    this.#ask();
    return { version: '1.2.1', connectionTableSize: 4096 };
  }

  *serviceBatches(): Iterable<readonly ServiceEntry[]> {
    this.#ask();
    yield [...this.services.values()].map((service) => this.#entry(service));
  }

  *realServerBatches(identity: ServiceIdentity): Iterable<readonly RealServerEntry[]> {
    this.#ask();
    const name = formatService(identity);
    this.onRealServers(name);
    const service = this.services.get(name);
    yield [...(service?.realServers ?? [])].map(([realServer, own]) =>
      this.#kept(own.read(this.#now()), (sample) => ({
        realServer: { ...defaultRealServerSettings, identity: parseRealServer(realServer) },
        active: 0,
        inactive: 0,
        persistent: 0,
        ...sample,
      })),
    );
  }

  findService(identity: ServiceIdentity): ServiceEntry | undefined {
    this.#ask();
    const service = this.services.get(formatService(identity));
    return service && this.#entry(service);
  }

  setting(name: string): string | undefined {
    return this.settings.get(name);
  }

  write = refuse;
  zero = refuse;
  timeouts = refuse;
  setTimeouts = refuse;
  syncDaemons = refuse;
  readConnections = refuse;
  startSyncDaemon = refuse;
  stopSyncDaemon = refuse;
  close(): void {}

  #entry({ identity, own }: Service): ServiceEntry {
    return this.#kept(own.read(this.#now()), (sample) => ({
      service: { ...defaultServiceSettings, identity },
      ...sample,
    }));
  }

  /** The same entry as long as nothing has moved, as the kernel's director has it. */
  #kept<Entry extends object>(sample: Sample, make: (sample: Sample) => Entry): Entry {
    const entry = (this.#entries.get(sample) as Entry | undefined) ?? make(sample);
    this.#entries.set(sample, entry);
    return entry;
  }

  #ask(): void {
    this.requests++;
    if (this.error !== undefined) throw this.error;
  }
}

/** The error of a director without IPVS. */
export const lostError = new IpvsError({
  code: 'no-ipvs',
  operation: 'read services',
  object: '',
  reason: 'this kernel has no IPVS loaded',
  advice: 'load it',
});

function refuse(): never {
  throw new Error('this director can only be read');
}

/** Rates of a load of so many connections a second. */
export function ratesOf(connections: number): Rates {
  return connections === 0 ? zeroRates : scaled(connections);
}
