import type { Connection, ConnectionSample } from '../../ipvs/connection.ts';

/** Milliseconds for which a connection that is not seen again is remembered. */
const longestMemory = 30_000;
/** At most this many connections are remembered; the newest stay. */
const mostRemembered = 5000;

/** A connection as it was seen last. */
interface Seen {
  readonly connection: Connection;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * Merges samples of connections, so that findings do not depend on which part of the table one sample happened to
 * reach. The time left of a connection that was not seen again is counted down; once it is up, the connection is
 * gone.
 */
export class ConnectionMemory {
  /** By protocol, client and virtual address; the most recently seen come last. */
  readonly #seen = new Map<string, Seen>();

  /** Takes a sample made at `now`, milliseconds, and gives all connections known at that moment. */
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
