import type { Connection, ConnectionSample, Endpoint } from '../ipvs/connection.ts';
import { visible } from '../ipvs/visible.ts';
import { procLines } from './proc-file.ts';
import { readProcAddress, readProcPort, readProcProtocol } from './proc-words.ts';

const connectionFile = '/proc/net/ip_vs_conn';

/** Milliseconds after which no further read is begun: until Linux 6.12 each walks the table from its start. */
const usualPatience = 4;

/**
 * The first connections of the table, at most `limit`, in a few milliseconds, or those that are given. `path` is for tests.
 * Throws an `unreachable` `IpvsError` where there is no such table.
 */
export function readConnectionSample(
  limit: number,
  patience = usualPatience,
  path = connectionFile,
): ConnectionSample {
  const text = readPrefix(limit, patience, path);
  const connections: Connection[] = [];
  for (const line of text.lines) {
    const connection = parseConnection(line);
    if (connection !== undefined) connections.push(connection);
  }
  return {
    connections: connections.slice(0, limit),
    isWhole: text.isWhole && connections.length <= limit,
  };
}

/** Whole lines without the title, some more than `limit` of them where there are more. */
function readPrefix(
  limit: number,
  patience: number,
  path: string,
): { lines: readonly string[]; isWhole: boolean } {
  const began = performance.now();
  const lines: string[] = [];
  for (const read of procLines(path, 'read connections')) {
    lines.push(...read);
    // The title is a line, too.
    if (lines.length > limit + 1 || performance.now() - began >= patience)
      return { lines: lines.slice(1), isWhole: false };
  }
  return { lines: lines.slice(1), isWhole: true };
}

/** Reads a line (`ip_vs_conn_seq_show` in `net/netfilter/ipvs/ip_vs_conn.c`); `undefined` when it is none. */
export function parseConnection(line: string): Connection | undefined {
  const [protocol = '', ...fields] = line.trim().split(/ +/);
  const [client, virtual, realServer] = [0, 2, 4].map((index) =>
    readEndpoint(fields[index], fields[index + 1]),
  );
  const [state, expires] = fields.slice(6);
  if (client === undefined || virtual === undefined || realServer === undefined) return undefined;
  if (state === undefined || !/^\d+$/.test(expires ?? '')) return undefined;
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
