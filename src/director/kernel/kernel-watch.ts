import { closeSync, writeSync } from 'node:fs';
import { removeMonitor } from '../../netlink/monitor/monitor-device.ts';
import { type AnsweredRequest, SeenRequests } from '../../netlink/monitor/seen-requests.ts';
import { NetlinkError } from '../../netlink/wire/netlink-error.ts';
import { isOwnPort } from '../../netlink/wire/transport.ts';
import { loadLibc } from '../../system/libc.ts';
import { startThread } from '../../system/start-thread.ts';
import { reasonOf, systemErrorReason } from '../../system/system-error.ts';
import type { ChangeWatch, SeenRequest, WatchNews, Writer } from '../change-watch.ts';
import { controls, type SeenDatagram, type WatchMessage, type WatchOrders } from './watch-message.ts';

/** `EFD_NONBLOCK` and `EFD_CLOEXEC`. */
const wakeFlags = 0o4000 | 0o2000000;
/**
 * Milliseconds after the last datagram until requests without an answer are taken as done; longer than `SeenRequests`
 * has them wait.
 */
const settlingTime = 250;

/** The watch of this kernel's IPVS, in the network namespace that this process is in. */
export function createKernelWatch(): ChangeWatch {
  let present: Watching | undefined;
  return {
    start(tell) {
      present?.stop();
      present = new Watching(tell);
    },
    settled: async () => {
      await present?.settled();
    },
    stop() {
      present?.stop();
      present = undefined;
    },
  };
}

class Watching {
  readonly #tell: (news: WatchNews) => void;
  #wake = -1;
  readonly #control = new Int32Array(new SharedArrayBuffer(controls.length * Int32Array.BYTES_PER_ELEMENT));
  #seen: SeenRequests<Writer> | undefined;
  #settling: NodeJS.Timeout | undefined;
  /** Callers of `settled` that still wait, with the numbers of their questions. */
  readonly #waiting: { readonly asked: number; readonly done: () => void }[] = [];
  #isOver = false;

  constructor(tell: (news: WatchNews) => void) {
    this.#tell = tell;
    try {
      this.#begin();
    } catch (error) {
      this.#end(reasonOf(error));
    }
  }

  #begin(): void {
    this.#wake = loadLibc().eventfd(0, wakeFlags);
    const orders: WatchOrders = { wake: this.#wake, control: this.#control.buffer as SharedArrayBuffer };
    const thread = startThread('watch-thread', {
      workerData: orders,
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
      // The flags that Node was started with are not for this thread.
      execArgv: [],
    });
    // The thread must not keep the process alive.
    thread.unref();
    thread.on('message', (message: WatchMessage) => this.#take(message));
    thread.on('error', (error) => this.#end(reasonOf(error)));
    thread.on('exit', () => {
      this.#end('its thread has ended');
      this.#forget();
    });
    process.on('exit', this.#onExit);
  }

  async settled(): Promise<void> {
    if (this.#isOver || this.#seen === undefined) return;
    await new Promise<void>((done) => {
      const asked = Atomics.add(this.#control, controls.asked, 1) + 1;
      this.#waiting.push({ asked, done });
      this.#rouse();
    });
  }

  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#settling);
    // The thread removes the nlmon device, since the kernel can need some hundredths of a second for it.
    Atomics.store(this.#control, controls.end, 1);
    this.#rouse();
    for (const { done } of this.#waiting.splice(0)) done();
  }

  /** The process ends without waiting for its thread, so the device is removed here. */
  readonly #onExit = () => {
    this.stop();
    try {
      removeMonitor();
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      // The next start removes the device.
    }
  };

  #rouse(): void {
    if (this.#wake >= 0) writeSync(this.#wake, new BigUint64Array([1n]));
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.stop();
    this.#tell({ kind: 'ended', reason });
  }

  #forget(): void {
    process.off('exit', this.#onExit);
    if (this.#wake >= 0) closeSync(this.#wake);
    this.#wake = -1;
  }

  #take(message: WatchMessage): void {
    if (this.#isOver) return;
    switch (message.kind) {
      case 'begun':
        this.#seen = new SeenRequests(message.family);
        this.#tell({ kind: 'begun' });
        break;
      case 'seen':
        this.#read(message.datagrams);
        if (message.lost > 0) this.#tell({ kind: 'lost', messages: message.lost });
        break;
      case 'settled':
        while ((this.#waiting[0]?.asked ?? Infinity) <= message.asked) this.#waiting.shift()?.done();
        break;
      case 'failed':
        this.#end(failureText(message));
    }
  }

  #read(datagrams: readonly SeenDatagram[]): void {
    const requests = datagrams.flatMap(
      ({ bytes, time, port, sender }) =>
        this.#seen?.take(bytes, time, isOwnPort(port) || isOwn(sender) ? { kind: 'own' } : sender) ?? [],
    );
    this.#tellRequests(requests);
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#tellRequests(this.#seen?.settle(Date.now()) ?? []), settlingTime);
    this.#settling.unref();
  }

  #tellRequests(requests: readonly AnsweredRequest<Writer>[]): void {
    if (requests.length === 0) return;
    this.#tell({
      kind: 'requests',
      requests: requests.map(({ sender, ...request }): SeenRequest => ({ ...request, writer: sender })),
    });
  }
}

function isOwn(sender: SeenDatagram['sender']): boolean {
  return sender.kind === 'process' && sender.facts.pid === process.pid;
}

/** Why there is no watch, one clause. */
function failureText({ operation, errno }: Extract<WatchMessage, { kind: 'failed' }>): string {
  if (errno === 'EPERM') {
    const right = operation === 'open packet socket' ? 'CAP_NET_RAW' : 'CAP_NET_ADMIN';
    return `${right} is missing`;
  }
  if (errno === 'EOPNOTSUPP') return 'this kernel has no nlmon (module "nlmon")';
  if (errno === 'ENOENT') return 'IPVS is not loaded';
  return `${operation}: ${systemErrorReason(errno)}`;
}
