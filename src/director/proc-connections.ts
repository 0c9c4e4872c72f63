import { closeSync, openSync, readSync } from 'node:fs';
import type { Connection, ConnectionSample, Endpoint } from '../ipvs/connection.ts';
import { IpvsError } from '../ipvs/error.ts';
import { visible } from '../ipvs/visible.ts';
import { missingIpvsError } from './kernel-error.ts';
import { readProcAddress, readProcPort, readProcProtocol } from './proc-words.ts';

const connectionFile = '/proc/net/ip_vs_conn';

/** The kernel gives no more at once (`seq_read` takes a page). */
const bytesPerRead = 4096;
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

/** Whole lines, some more than `limit` of them where there are more. */
function readPrefix(
  limit: number,
  patience: number,
  path: string,
): { lines: readonly string[]; isWhole: boolean } {
  const buffer = Buffer.alloc(bytesPerRead);
  const began = performance.now();
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    let text = '';
    let lines = 0;
    for (;;) {
      const length = readSync(descriptor, buffer);
      const isWhole = length === 0;
      text += buffer.toString('latin1', 0, length);
      for (let index = 0; index < length; index++) if (buffer[index] === 0x0a) lines++;
      // The title is a line, too.
      if (isWhole || lines > limit + 1 || performance.now() - began >= patience)
        return { lines: text.split('\n').slice(1, -1), isWhole };
    }
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
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

function unreadable(path: string, error: unknown): IpvsError {
  const operation = 'read connections';
  const errno = (error as NodeJS.ErrnoException).code ?? '';
  if (errno === 'ENOENT') return missingIpvsError(operation);
  return new IpvsError(
    {
      kind: 'unreachable',
      operation,
      object: '',
      reason: `${path} cannot be read`,
      advice: 'see who may read it with "ls -l"',
      errno,
    },
    { cause: error },
  );
}
