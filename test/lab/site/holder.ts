/**
 * Opens connections on demand and holds them: a line of JSON in, an {@link Order}, gives a line out: `open`, `refused`,
 * `closed` or `gone`. Runs in the client's namespace until its standard input ends.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What is wanted of a connection, which its port on the client names. */
export type Order =
  | { readonly what: 'open'; readonly port: number; readonly from: string; readonly to: string }
  | { readonly what: 'close'; readonly port: number }
  | { readonly what: 'reset all' };

const held = new Map<number, Socket>();

if (import.meta.main) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${await done(JSON.parse(line) as Order)}\n`);
  }
}

async function done(order: Order): Promise<string> {
  switch (order.what) {
    case 'open': {
      const connection = connect({
        host: order.to,
        port: 80,
        localAddress: order.from,
        localPort: order.port,
      });
      connection.on('error', () => held.delete(order.port));
      held.set(order.port, connection);
      return await Promise.race([
        once(connection, 'connect').then(() => 'open'),
        once(connection, 'close').then(() => 'refused'),
      ]).catch(() => 'refused');
    }
    case 'close': {
      const connection = held.get(order.port);
      held.delete(order.port);
      connection?.end();
      return 'closed';
    }
    case 'reset all':
      for (const connection of held.values()) connection.resetAndDestroy();
      held.clear();
      return 'gone';
  }
}
