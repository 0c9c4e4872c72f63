import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../ipvs/connection.ts';
import type { Family } from '../ipvs/family.ts';
import { waitingAt } from '../netlink/packets/packet-socket.ts';
import { readAnswer } from '../netlink/packets/probe-answer.ts';
import {
  nameServerQuestion,
  type ProbeSegment,
  probePacket,
  tcpFlags,
  wrapPacket,
} from '../netlink/packets/probe-packet.ts';
import { type LinkWay, openProbeSocket, type ProbeSocket } from '../netlink/packets/probe-socket.ts';
import type { ProbeEcho } from './answer.ts';
import type { PlannedPacket } from './plan.ts';
import type { ProbeQuestion } from './question.ts';

/** Milliseconds to wait for an answer, and how often to ask. */
const patience = 1000;
const tries = 2;

/** Ports that can be in use at once: more than the questions that can be under way in that time. */
const portCount = 256;

/**
 * Milliseconds between looks for answers: `soon` in the first `soonFor` milliseconds, since most answer at once, then
 * `later`.
 */
const looks = { soon: 1, later: 10, soonFor: 30 } as const;

const nameServerPort = 53;

/** A question that is under way from a port. */
interface Waiting {
  readonly to: Endpoint;
  /** The destination of the outermost header. */
  readonly sentTo: string;
  readonly isWrapped: boolean;
  readonly segment: ProbeSegment;
  readonly sentAt: number;
  readonly settle: (echo: ProbeEcho, isAccepted: boolean) => void;
  readonly nameOf: (linkIndex: number) => string;
}

/** Sends probes and assigns answers to them: each probe has a port of its own. */
export class Echoes {
  readonly #sockets: Readonly<Record<Family, ProbeSocket>>;
  readonly #firstPort: number;
  #next = 0;
  readonly #taken = new Set<number>();
  #isClosed = false;
  readonly #waiting = new Map<number, Waiting>();
  #isLooking = false;

  /**
   * `firstPort` is the first of 256 ports, which no socket of this machine should be using. Throws `NetlinkError`.
   */
  constructor(firstPort: number) {
    this.#firstPort = firstPort;
    const ports = { first: firstPort, last: firstPort + portCount - 1 };
    const inet = openProbeSocket('inet', ports);
    try {
      this.#sockets = { inet, inet6: openProbeSocket('inet6', ports) };
    } catch (error) {
      inet.close();
      throw error;
    }
  }

  /**
   * Sends a packet, once more if nothing comes back, and waits a second each time. Rejects with a `NetlinkError` if
   * it cannot be sent.
   */
  async ask(
    question: ProbeQuestion,
    planned: PlannedPacket,
    way: LinkWay,
    nameOf: (linkIndex: number) => string,
  ): Promise<ProbeEcho> {
    const port = this.#takePort();
    const from = { address: planned.from, port };
    const segment = segmentOf(question);
    try {
      for (let attempt = 0; attempt < tries && !this.#isClosed; attempt++) {
        const echo = await this.#once(from, planned, segment, way, nameOf);
        if (echo.kind !== 'silent') return echo;
      }
      return { kind: 'silent' };
    } finally {
      this.#taken.delete(port);
    }
  }

  /** Closes the sockets; questions under way count as silent. */
  close(): void {
    this.#isClosed = true;
    for (const { settle } of [...this.#waiting.values()]) settle({ kind: 'silent' }, false);
    this.#sockets.inet.close();
    this.#sockets.inet6.close();
  }

  #once(
    from: Endpoint,
    { to, outer }: PlannedPacket,
    segment: ProbeSegment,
    way: LinkWay,
    nameOf: (linkIndex: number) => string,
  ): Promise<ProbeEcho> {
    const sentTo = outer?.to ?? to.address;
    const socket = sentTo.includes(':') ? this.#sockets.inet6 : this.#sockets.inet;
    const send = (sent: ProbeSegment) => {
      const packet = probePacket(from, to, sent);
      const whole = outer === null ? packet : wrapPacket(packet, outer, outer.tunnel);
      if (whole !== undefined) socket.send(way, whole);
    };
    const sentAt = performance.now();
    send(segment);
    const { promise, resolve, reject } = Promise.withResolvers<ProbeEcho>();
    const timer = setTimeout(() => settle({ kind: 'silent' }, false), patience);
    const settle: Waiting['settle'] = (echo, isAccepted) => {
      clearTimeout(timer);
      this.#waiting.delete(from.port);
      // Reset what was accepted, so that nobody keeps a half-open connection because of a probe.
      if (isAccepted && segment.kind === 'tcp')
        send({ kind: 'tcp', flags: tcpFlags.reset, sequence: (segment.sequence + 1) >>> 0 });
      resolve(echo);
    };
    this.#waiting.set(from.port, {
      to,
      sentTo,
      isWrapped: outer !== null,
      segment,
      sentAt,
      settle,
      nameOf,
    });
    this.#look().catch(reject);
    return promise;
  }

  #takePort(): number {
    do this.#next = (this.#next + 1) % portCount;
    while (this.#taken.has(this.#firstPort + this.#next));
    const port = this.#firstPort + this.#next;
    this.#taken.add(port);
    return port;
  }

  /** Looks for answers while any are awaited. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.#waiting.size > 0) {
        for (const socket of [this.#sockets.inet, this.#sockets.inet6]) {
          for (const { packet, linkIndex } of waitingAt(socket)) this.#take(packet, linkIndex);
        }
        const newest = Math.max(0, ...[...this.#waiting.values()].map(({ sentAt }) => sentAt));
        await sleep(performance.now() - newest < looks.soonFor ? looks.soon : looks.later);
      }
    } finally {
      this.#isLooking = false;
    }
  }

  #take(packet: Uint8Array, linkIndex: number): void {
    const answer = readAnswer(packet);
    if (answer === undefined) return;
    if (answer.kind === 'flow') {
      const waiting = this.#waiting.get(answer.to.port);
      if (
        waiting === undefined ||
        !isFrom(waiting, answer.from) ||
        !acknowledges(waiting, answer.acknowledged)
      )
        return;
      const kind = answer.says === 'refuses' ? 'refused' : 'accepted';
      const milliseconds = performance.now() - waiting.sentAt;
      waiting.settle({ kind, milliseconds, link: waiting.nameOf(linkIndex) }, kind === 'accepted');
      return;
    }
    const waiting = this.#blamed(answer.about?.from.port, answer.sentTo);
    if (waiting === undefined) return;
    const milliseconds = performance.now() - waiting.sentAt;
    const { by, reason } = answer;
    const isOwnPort =
      waiting.segment.kind === 'udp' &&
      reason === 'port unreachable' &&
      (by === waiting.sentTo || by === waiting.to.address);
    waiting.settle(
      isOwnPort
        ? { kind: 'refused', milliseconds, link: waiting.nameOf(linkIndex) }
        : { kind: 'error', milliseconds, by, reason },
      false,
    );
  }

  /**
   * The question that an ICMP error is about: by the port that the error quotes, or, if it quotes none, by the
   * address that was sent to.
   */
  #blamed(port: number | undefined, sentTo: string): Waiting | undefined {
    if (port !== undefined) {
      const waiting = this.#waiting.get(port);
      return waiting?.sentTo === sentTo ? waiting : undefined;
    }
    return [...this.#waiting.values()].find((waiting) => waiting.isWrapped && waiting.sentTo === sentTo);
  }
}

/**
 * SCTP may answer from another address of the machine, whichever its route chooses, and names the rest (RFC 9260,
 * 5.1.2).
 */
function isFrom({ to, segment }: Waiting, { address, port }: Endpoint): boolean {
  return to.port === port && (to.address === address || segment.kind === 'sctp init');
}

function acknowledges({ segment }: Waiting, acknowledged: number): boolean {
  switch (segment.kind) {
    case 'tcp':
      return acknowledged === (segment.sequence + 1) >>> 0;
    case 'sctp init':
      return acknowledged === segment.tag;
    case 'udp':
      return true;
  }
}

function segmentOf({ protocol, virtual }: ProbeQuestion): ProbeSegment {
  if (protocol === 'tcp') return { kind: 'tcp', flags: tcpFlags.syn, sequence: randomInt(0x100000000) };
  if (protocol === 'sctp') return { kind: 'sctp init', tag: randomInt(1, 0x100000000) };
  const isName = virtual.port === nameServerPort;
  return { kind: 'udp', payload: isName ? nameServerQuestion(randomInt(0x10000)) : new Uint8Array() };
}
