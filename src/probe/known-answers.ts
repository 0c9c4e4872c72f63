import type { RealServerKey } from '../ipvs/identity.ts';
import { isWholeRealServer, type PublicRealServer } from '../ipvs/real-server.ts';
import { faultWords, type ProbeVerdict } from './verdict.ts';

/** The result of a real server's last probe. */
export interface KnownAnswer extends ProbeVerdict {
  /** When it was probed, milliseconds since the epoch. */
  readonly time: number;
  /** Until when the result counts as current, milliseconds since the epoch. */
  readonly countsUntil: number;
}

/** The last probe results of real servers. */
export interface KnownAnswers {
  /**
   * The last result for a real server with its present forwarding method and tunnel; `undefined` where it was not
   * probed, or only with others.
   */
  of(key: RealServerKey, realServer: PublicRealServer): KnownAnswer | undefined;
}

/** No results: nobody was probed. */
export const noAnswers: KnownAnswers = { of: () => undefined };

/**
 * Keeps the last result of each real server, separately for each forwarding method and tunnel: a plan may have asked
 * about another mode.
 */
export class AnswerMemory {
  readonly #kept = new Map<string, KnownAnswer>();
  #known: KnownAnswers = noAnswers;

  /** The results known now; a new object whenever one was added. */
  get known(): KnownAnswers {
    return this.#known;
  }

  /** Takes a result, with the real server as it was when probed; gives whether a fault came or went by it. */
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

/** A key of a real server and of what decides how packets reach it. */
function wayTo(key: RealServerKey, realServer: PublicRealServer): string {
  const { forwarding } = realServer;
  if (forwarding !== 'tun' || !isWholeRealServer(realServer)) return `${key} ${forwarding}`;
  const { type, port, checksum } = realServer.tunnel;
  return `${key} ${forwarding} ${type} ${port} ${checksum}`;
}
