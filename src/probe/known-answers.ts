import type { RealServerKey } from '../ipvs/identity.ts';
import { isWholeRealServer, type PublicRealServer } from '../ipvs/real-server.ts';
import { faultWords, type ProbeVerdict } from './verdict.ts';

/** What a real server was found to do when it was asked last. */
export interface KnownAnswer extends ProbeVerdict {
  /** When, milliseconds since the epoch. */
  readonly time: number;
  /** Until when it counts for now, likewise. */
  readonly countsUntil: number;
}

/** What is known of real servers that were asked. */
export interface KnownAnswers {
  /** The last answer of a real server as it is forwarded to; `undefined` where it was not asked, or only for another mode. */
  of(key: RealServerKey, realServer: PublicRealServer): KnownAnswer | undefined;
}

/** Where nobody was asked. */
export const noAnswers: KnownAnswers = { of: () => undefined };

/** Keeps the last answer of each real server, of each mode for itself: a plan may have asked for another one. */
export class AnswerMemory {
  readonly #kept = new Map<string, KnownAnswer>();
  #known: KnownAnswers = noAnswers;

  /** What is known now; another object whenever something was learnt. */
  get known(): KnownAnswers {
    return this.#known;
  }

  /** Takes an answer of a real server as it was when it was asked, and tells whether a fault came or went by it. */
  take(key: RealServerKey, realServer: PublicRealServer, answer: KnownAnswer): boolean {
    const way = wayTo(key, realServer);
    const before = this.#kept.get(way);
    this.#kept.set(way, answer);
    this.#known = { of: (asked, present) => this.#kept.get(wayTo(asked, present)) };
    const word = before === undefined || before.countsUntil < answer.time ? undefined : before.word;
    return (
      word !== answer.word && [word, answer.word].some((one) => one !== undefined && faultWords.has(one))
    );
  }
}

/** A real server with what decides how packets come to it. */
function wayTo(key: RealServerKey, realServer: PublicRealServer): string {
  const { forwarding } = realServer;
  if (forwarding !== 'tun' || !isWholeRealServer(realServer)) return `${key} ${forwarding}`;
  const { type, port, checksum } = realServer.tunnel;
  return `${key} ${forwarding} ${type} ${port} ${checksum}`;
}
