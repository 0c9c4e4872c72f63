import { readProcAddress, readProcPort, readProcProtocol } from '../formats/ipvsadm/proc-words.ts';
import type { ConnectionRoute, Endpoint } from '../ipvs/connection.ts';
import { visible } from '../ipvs/visible.ts';
import type { ConnectionTable } from './connection-table.ts';
import { procBytes } from './proc-file.ts';

/** The same rows as `/proc/net/ip_vs_conn`, at the same cost, and with each one's origin. */
const connectionFile = '/proc/net/ip_vs_conn_sync';

/**
 * Adds the kernel's connections to a table, as many at each step as one read gives. `path` is for tests. Throws an
 * `unreachable` `IpvsError` where there is no such table.
 */
export function* procConnections(table: ConnectionTable, path = connectionFile): Generator<void, void, void> {
  for (const lines of procBytes(path, 'read connections')) {
    addConnectionLines(table, lines);
    yield;
  }
}

const blank = 0x20;
const newline = 0x0a;
const colon = 0x3a;

/** Fields of a line: protocol, client and port, virtual address and port, real server and port, state, origin, time left. */
const field = { client: 1, clientPort: 2, virtual: 3, realPort: 6, state: 7, origin: 8, expires: 9 } as const;

/** Where fields begin and end; one array for all lines. */
const starts = new Int32Array(field.expires + 1);
const ends = new Int32Array(field.expires + 1);
const client = new Uint32Array(4);

/**
 * Reads lines (`ip_vs_conn_sync_seq_show` in `net/netfilter/ipvs/ip_vs_conn.c`) right from their bytes, since making
 * strings of them would cost as much as everything else. The title, and whatever else is no connection, is passed over.
 */
export function addConnectionLines(table: ConnectionTable, bytes: Buffer): void {
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    addLine(table, bytes, start, end);
    start = end + 1;
  }
}

function addLine(table: ConnectionTable, bytes: Buffer, start: number, end: number): void {
  if (!findFields(bytes, start, end)) return;
  if (!readAddress(bytes, starts[field.client] ?? 0, ends[field.client] ?? 0)) return;
  const port = readHexadecimal(bytes, starts[field.clientPort] ?? 0, ends[field.clientPort] ?? 0);
  const expires = readDecimal(bytes, starts[field.expires] ?? 0, ends[field.expires] ?? 0);
  if (port < 0 || port > 0xffff || expires < 0) return;
  const protocol = textOf(bytes, 0, 0);
  const words = textOf(bytes, field.virtual, field.realPort);
  // A route is parsed only when it is met for the first time.
  const route = table.routeId(`${protocol} ${words}`, () => readRoute(protocol, words));
  if (route === undefined) return;
  const state = visible(textOf(bytes, field.state, field.state));
  const isSynced = textOf(bytes, field.origin, field.origin) === 'SYNC';
  table.add(client, port, route, state, expires, isSynced);
}

/** Whether the line has all fields; where they are is in `starts` and `ends`. */
function findFields(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  for (let index = 0; index < starts.length; index++) {
    while (at < end && bytes[at] === blank) at++;
    if (at >= end) return false;
    starts[index] = at;
    while (at < end && bytes[at] !== blank) at++;
    ends[index] = at;
  }
  return true;
}

function textOf(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', starts[from], ends[to]);
}

function readRoute(protocol: string, words: string): ConnectionRoute | undefined {
  const [virtualAddress, virtualPort, realAddress, realPort] = words.split(/ +/);
  const virtual = readEndpoint(virtualAddress, virtualPort);
  const realServer = readEndpoint(realAddress, realPort);
  return virtual && realServer && { protocol: readProcProtocol(protocol), virtual, realServer };
}

function readEndpoint(address = '', port = ''): Endpoint | undefined {
  const read = { address: readProcAddress(address)?.text, port: readProcPort(port) };
  return read.address === undefined || read.port === undefined
    ? undefined
    : { address: read.address, port: read.port };
}

/** Reads an address into `client`: eight digits of IPv4, or 32 of IPv6 in groups; `false` for others. */
function readAddress(bytes: Buffer, start: number, end: number): boolean {
  client.fill(0);
  let digits = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === colon) continue;
    const digit = digitOf(bytes[at] ?? 0);
    if (digit < 0 || digits === 32) return false;
    const word = digits++ >> 3;
    client[word] = ((client[word] ?? 0) << 4) | digit;
  }
  if (digits === 8) client.set([0, 0, 0xffff, client[0] ?? 0]);
  return digits === 8 || digits === 32;
}

/** A number of at most eight hexadecimal digits; -1 for anything else. */
function readHexadecimal(bytes: Buffer, start: number, end: number): number {
  if (end - start > 8) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = digitOf(bytes[at] ?? 0);
    if (digit < 0) return -1;
    number = number * 16 + digit;
  }
  return number;
}

/** A number of at most ten decimal digits; -1 for anything else. */
function readDecimal(bytes: Buffer, start: number, end: number): number {
  if (end - start > 10) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
