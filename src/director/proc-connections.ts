import { readProcAddress, readProcPort, readProcProtocol } from '../formats/proc-words.ts';
import type { Connection, Endpoint } from '../ipvs/connection.ts';
import { visible } from '../ipvs/visible.ts';
import { procLines } from './proc-file.ts';

const connectionFile = '/proc/net/ip_vs_conn';

/**
 * The connections of the table, a read at a time, until there are more than `limit`; returns whether these were all.
 * `path` is for tests. Throws an `unreachable` `IpvsError` where there is no such table.
 */
export function* procConnections(
  limit: number,
  path = connectionFile,
): Generator<readonly Connection[], boolean, void> {
  let count = 0;
  for (const lines of procLines(path, 'read connections')) {
    // The title is no connection either.
    const connections = lines.map(parseConnection).filter((connection) => connection !== undefined);
    count += connections.length;
    yield connections;
    if (count > limit) return false;
  }
  return true;
}

/** Reads a line (`ip_vs_conn_seq_show` in `net/netfilter/ipvs/ip_vs_conn.c`); `undefined` when it is none. */
export function parseConnection(line: string): Connection | undefined {
  const [protocol = '', ...fields] = line.trim().split(/ +/);
  const [client, virtual, realServer] = [0, 2, 4].map((index) =>
    readEndpoint(fields[index], fields[index + 1]),
  );
  const [state, expires] = fields.slice(6);
  if (client === undefined || virtual === undefined || realServer === undefined) return undefined;
  if (state === undefined || !/^\d{1,10}$/.test(expires ?? '')) return undefined;
  return {
    protocol: readProcProtocol(protocol),
    client,
    virtual,
    realServer,
    state: visible(state),
    expires: Number(expires),
  };
}

function readEndpoint(address = '', port = ''): Endpoint | undefined {
  const read = { address: readProcAddress(address)?.text, port: readProcPort(port) };
  return read.address === undefined || read.port === undefined
    ? undefined
    : { address: read.address, port: read.port };
}
