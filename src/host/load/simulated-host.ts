import { type Counters, counterDifference } from '../../ipvs/counters.ts';
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

/** What the services of the director have carried. */
export interface CarriedTraffic {
  /** Seconds since the director began, up to which it is counted; the host goes by this time. */
  readonly seconds: number;
  /** Never less than before. */
  readonly counters: Counters;
}

/** What a simulated host is made from. */
export interface SimulatedHostOptions {
  /** A whole number; the same seed and the same traffic give the same values at the same times. */
  readonly seed: number;
  /** What its director has carried up to now. */
  readonly carried: () => CarriedTraffic;
}

/**
 * The machine of a simulated director, for `--demo`: eight processors, 15.6 GiB, eth0 towards clients and eth1 towards
 * real servers. They carry what the director's services do, and a little of their own. Reads nothing of the machine it
 * runs on.
 */
export function createSimulatedHost({ seed, carried }: SimulatedHostOptions): HostSampler {
  return new SimulatedHost(seed, carried);
}

const gibibyte = 2 ** 30;
const cores = 8;
const totalMemory = 15.6 * gibibyte;

/** Bytes that an interface counts of each packet beyond what IPVS does. */
const ethernetHeader = 14;

/** Seconds of a processor that a packet takes, as in a guest whose packets go through a firewall. */
const secondsPerPacket = 8e-6;

/** Share of a processor that two receive queues can take at most, each. */
const fullestQueue = 0.9;

/** Amounts a second of one direction. */
interface Flow {
  readonly bytes: number;
  readonly packets: number;
}

class SimulatedHost implements HostSampler {
  readonly #carried: () => CarriedTraffic;
  readonly #day: Noise;
  readonly #minute: Noise;
  readonly #moment: Noise;
  readonly #other: Noise;
  readonly #queueCore: number;
  #before: CarriedTraffic;
  #view: HostView;

  constructor(seed: number, carried: () => CarriedTraffic) {
    this.#carried = carried;
    this.#day = createNoise(seed * 4 + 1, 90);
    this.#minute = createNoise(seed * 4 + 2, 17);
    this.#moment = createNoise(seed * 4 + 3, 4);
    this.#other = createNoise(seed * 4 + 4, 31);
    this.#queueCore = Math.floor(this.#other(0) * cores);
    this.#before = carried();
    // As of a real machine, there are no rates before there was a second look.
    const memory = this.#memoryAt(this.#before.seconds);
    this.#view = { cpu: null, memory, interfaces: [], busiest: null };
  }

  async sample(): Promise<HostView> {
    const now = this.#carried();
    const seconds = now.seconds - this.#before.seconds;
    if (seconds * 1000 < shortestInterval) return this.#view;
    const perSecond = (name: keyof Counters) =>
      counterDifference(now.counters[name], this.#before.counters[name]) / seconds;
    this.#view = this.#viewOf(
      now.seconds,
      { bytes: perSecond('inBytes'), packets: perSecond('inPackets') },
      { bytes: perSecond('outBytes'), packets: perSecond('outPackets') },
    );
    this.#before = now;
    return this.#view;
  }

  #viewOf(seconds: number, requests: Flow, responses: Flow): HostView {
    const front = interfaceOf('eth0', this.#withOwn(seconds, requests), this.#withOwn(seconds, responses));
    const back = interfaceOf('eth1', framed(responses), framed(requests));
    const local = { bytes: 2500, packets: 20 };
    return {
      cpu: this.#cpuAt(seconds, requests.packets + responses.packets),
      memory: this.#memoryAt(seconds),
      interfaces: [interfaceOf('lo', local, local), front, back],
      busiest: front,
    };
  }

  /** With what the machine itself says and hears: VRRP, ARP, somebody's SSH. */
  #withOwn(seconds: number, flow: Flow): Flow {
    const packets = 20 + 40 * this.#moment(seconds);
    return framed({ bytes: flow.bytes + packets * 120, packets: flow.packets + packets });
  }

  #cpuAt(seconds: number, packets: number): CpuView {
    const idle = 0.002 + 0.003 * this.#moment(seconds);
    // Two receive queues do most of the work, three eighths of it each.
    const softirq = Math.min(idle + (packets * secondsPerPacket) / cores, fullestQueue / 3);
    const queue = softirq * 3;
    const busy = softirq + 0.01 + 0.03 * this.#other(seconds);
    const steal = 0.001 * this.#minute(seconds);
    return {
      busy,
      softirq,
      steal,
      cores,
      hottestCore: { index: this.#queueCore, busy: queue + (busy - softirq), softirq: queue },
      history: extendHistory(this.#view.cpu?.history ?? [], busy),
    };
  }

  #memoryAt(seconds: number): MemoryView {
    const used = (2.7 + 0.5 * this.#day(seconds) + 0.2 * this.#minute(seconds)) * gibibyte;
    return { total: totalMemory, used: Math.round(used) };
  }
}

function framed({ bytes, packets }: Flow): Flow {
  return { bytes: bytes + packets * ethernetHeader, packets };
}

function interfaceOf(name: string, incoming: Flow, outgoing: Flow): InterfaceView {
  return {
    name,
    inBytesPerSecond: Math.round(incoming.bytes),
    outBytesPerSecond: Math.round(outgoing.bytes),
    inPacketsPerSecond: Math.round(incoming.packets),
    outPacketsPerSecond: Math.round(outgoing.packets),
    inDropsPerSecond: 0,
    outDropsPerSecond: 0,
    inErrorsPerSecond: 0,
    outErrorsPerSecond: 0,
  };
}
