/**
 * A thread of its own, so that the process behind a request is looked up at once, whatever else lvstop is doing: most,
 * such as ipvsadm, have ended a millisecond later.
 */
import { readlinkSync, readSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { ownerOfPort, pidBits } from '../../host/processes/process-facts.ts';
import { ipvsFamily } from '../../netlink/ipvs/ipvs-constants.ts';
import { makeMonitor, removeMonitor } from '../../netlink/monitor/monitor-device.ts';
import { type MonitorSocket, openMonitorSocket } from '../../netlink/monitor/monitor-socket.ts';
import { findFamily } from '../../netlink/wire/generic-family.ts';
import { headerFields, headerLength, littleEndian } from '../../netlink/wire/message.ts';
import { NetlinkError } from '../../netlink/wire/netlink-error.ts';
import { NetlinkSocket } from '../../netlink/wire/netlink-socket.ts';
import { startTime } from '../../system/process-identity.ts';
import {
  controls,
  type SeenDatagram,
  type Sender,
  type WatchMessage,
  type WatchOrders,
} from './watch-message.ts';

const { wake, control } = workerData as WatchOrders;
const orders = new Int32Array(control);

/** Milliseconds for which a port is taken to be the same process's without another look. */
const surelySame = 100;
/** Ports whose owner is remembered at most. */
const mostKnown = 256;
/** Datagrams that are told together at most. */
const mostTogether = 512;
/** From so many datagrams in a row on, a process is doing more than a command that changes one thing. */
const manyOfOne = 8;
/**
 * Milliseconds between two reads while one process asks for much: less than it takes to start the next command and see
 * it end.
 */
const pauseTime = 5;
/** Milliseconds after which what was seen is told, however much a process still asks for. */
const longestUntold = 1000;

interface KnownOwner {
  readonly sender: Sender;
  seen: number;
}

const known = new Map<number, KnownOwner>();

/**
 * The process behind a port. A command sends several requests, often from different ports that hold the same process
 * id.
 */
function senderOf(port: number, now: number): Sender {
  const found = known.get(port);
  if (found !== undefined && (now - found.seen < surelySame || isStillThere(found.sender))) {
    found.seen = now;
    return found.sender;
  }
  const sender = sameProcess(port, now) ?? ownerOfPort(port);
  // The newest stand last.
  known.delete(port);
  known.set(port, { sender, seen: now });
  for (const oldest of known.keys()) {
    if (known.size <= mostKnown) break;
    known.delete(oldest);
  }
  return sender;
}

/**
 * A command opens a socket for each request, so the low bits of its ports stay the same: they are the process id. Gives
 * the sender of the last datagram where its id is the one in this port.
 */
function sameProcess(port: number, now: number): Sender | undefined {
  const last = [...known.values()].at(-1);
  const isSame =
    last?.sender.kind === 'process' &&
    last.sender.facts.pid === (port & pidBits) &&
    last.sender.facts.command.length > 0 &&
    now - last.seen < surelySame;
  return isSame ? last.sender : undefined;
}

function isStillThere(sender: Sender): boolean {
  return (
    sender.kind === 'process' &&
    sender.facts.start !== null &&
    startTime(sender.facts.pid) === sender.facts.start
  );
}

function tell(message: WatchMessage): void {
  parentPort?.postMessage(message);
}

/** What was seen and is not told yet. */
let untold: SeenDatagram[] = [];
/** The process that has asked last, and for how many datagrams in a row. */
let asking = { pid: 0, datagrams: 0 };

/** Reads all datagrams that wait. Returns whether there were any. */
function readAll(socket: MonitorSocket): boolean {
  for (let isAny = false; ; isAny = true) {
    const received = socket.receive();
    if (received.length === 0) return isAny;
    for (const bytes of received) {
      if (bytes.length < headerLength) continue;
      const time = Date.now();
      const port = new DataView(bytes.buffer).getUint32(headerFields.port, littleEndian);
      // Some leave the port to the kernel, which names it in its answer.
      const sender: Sender = port === 0 ? { kind: 'unknown' } : senderOf(port, time);
      untold.push({ bytes, time, port, sender });
      const pid = sender.kind === 'process' ? sender.facts.pid : 0;
      asking = { pid, datagrams: pid !== 0 && pid === asking.pid ? asking.datagrams + 1 : 1 };
    }
    if (untold.length >= mostTogether) tellSeen(socket);
  }
}

function tellSeen(socket: MonitorSocket): void {
  if (untold.length === 0) return;
  tell({ kind: 'seen', datagrams: untold, lost: socket.lost() });
  untold = [];
}

/**
 * A process that asks for much is known by now. On a machine with one processor, a wake-up for each of its requests
 * would cost it more time than the requests themselves; so its datagrams are read only now and then, until it asks for
 * no more.
 */
function readSeldom(socket: MonitorSocket): void {
  const began = Date.now();
  while (asking.datagrams >= manyOfOne && Date.now() - began < longestUntold) {
    socket.pause(wake, pauseTime);
    if (!readAll(socket)) asking = { pid: 0, datagrams: 0 };
  }
}

/** Resets the eventfd. Returns whether it was written to since the last call. */
function takeWake(woken: Buffer): boolean {
  try {
    return readSync(wake, woken) > 0;
  } catch {
    return false;
  }
}

/**
 * Has this thread run before the processes that it looks up, where that is allowed: it works for a millisecond at a
 * time.
 */
function hurry(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Then more processes will have ended before they are looked up.
  }
}

function watch(): void {
  const requests = new NetlinkSocket();
  let family: number | undefined;
  try {
    family = findFamily(requests, ipvsFamily.name);
  } finally {
    requests.close();
  }
  if (family === undefined) {
    tell({ kind: 'failed', operation: 'watch', errno: 'ENOENT' });
    return;
  }
  hurry();
  const index = makeMonitor();
  try {
    const socket = openMonitorSocket(index, family);
    try {
      tell({ kind: 'begun', family });
      const woken = Buffer.alloc(8);
      while (Atomics.load(orders, controls.end) === 0) {
        socket.wait(wake);
        const isAsked = takeWake(woken);
        const asked = Atomics.load(orders, controls.asked);
        readAll(socket);
        if (!isAsked) readSeldom(socket);
        tellSeen(socket);
        if (isAsked) tell({ kind: 'settled', asked });
      }
    } finally {
      socket.close();
    }
  } finally {
    removeMonitor();
  }
}

try {
  watch();
} catch (error) {
  if (!(error instanceof NetlinkError)) throw error;
  const { failure } = error;
  tell({
    kind: 'failed',
    operation: failure.operation,
    errno: 'errno' in failure ? failure.errno : failure.kind === 'protocol' ? failure.reason : 'no answer',
  });
}
