import type { Connection, ConnectionSample } from '../../ipvs/connection.ts';

/** Milliseconds that a connection is remembered which was not seen again. */
const longestMemory = 30_000;
/** Connections that are remembered at most; the newest stay. */
const mostRemembered = 5000;

/** A connection as it was seen last. */
interface Seen {
  readonly connection: Connection;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * Adds up samples of connections, so that what they show does not hang on how much of the table one of them happened
 * to reach. What was not seen again is older by the time since: a connection whose time is up is gone.
 */
export class ConnectionMemory {
  /** By who speaks to whom; those that were seen last come last. */
  readonly #seen = new Map<string, Seen>();

  /** Takes a sample of the moment `now`, milliseconds; gives what is known of that moment. */
  take({ connections, isWhole }: ConnectionSample, now: number): ConnectionSample {
    if (isWhole) this.#seen.clear();
    for (const connection of connections) {
      const key = keyOf(connection);
      this.#seen.delete(key);
      this.#seen.set(key, { connection, at: now });
    }
    const known: Connection[] = [];
    let surplus = this.#seen.size - mostRemembered;
    for (const [key, { connection, at }] of this.#seen) {
      const age = now - at;
      const expires = Math.round(connection.expires - age / 1000);
      if (surplus-- > 0 || age > longestMemory || (age > 0 && expires <= 0)) this.#seen.delete(key);
      else known.push(age === 0 ? connection : { ...connection, expires });
    }
    return { connections: known, isWhole };
  }
}

function keyOf({ protocol, client, virtual }: Connection): string {
  return `${protocol} ${client.address} ${client.port} ${virtual.address} ${virtual.port}`;
}
