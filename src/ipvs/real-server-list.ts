import { compareAddresses } from './address.ts';
import { IpvsError } from './error.ts';
import { parseRealServer, type RealServerIdentity } from './identity.ts';

/** Real servers that one text can mean; more are a slip of the finger. */
const mostAtOnce = 256;

/**
 * Reads one or several real servers: `10.0.0.21:8080`, `10.0.0.21-24:8080` for the four of them, and lists of both,
 * with commas or blanks. A port that is left out is `defaultPort`. Throws an input `IpvsError` for what cannot be
 * read, what is named twice, and more than 256.
 */
export function parseRealServers(text: string, defaultPort?: number): RealServerIdentity[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const found = words.length === 0 ? [parseRealServer(text, defaultPort)] : [];
  const seen = new Set<string>();
  for (const word of words) {
    for (const realServer of parseRange(word, defaultPort)) {
      const name = `${realServer.address} ${realServer.port}`;
      if (seen.has(name))
        throw IpvsError.input('bad-address', 'read real servers', word, 'it is named twice', 'name it once');
      if (found.push(realServer) > mostAtOnce) throw tooMany(text);
      seen.add(name);
    }
  }
  return found;
}

const range = /^(?<start>\d+\.\d+\.\d+\.(?<first>\d+))-(?:\d+\.\d+\.\d+\.)?(?<last>\d+)(?<port>:\d+)?$/;

function parseRange(word: string, defaultPort: number | undefined): RealServerIdentity[] {
  const { start, first, last, port = '' } = range.exec(word)?.groups ?? {};
  if (start === undefined || last === undefined) return [parseRealServer(word, defaultPort)];
  const from = parseRealServer(`${start}${port}`, defaultPort);
  const net = start.slice(0, start.lastIndexOf('.'));
  const to = parseRealServer(`${net}.${last}${port}`, defaultPort);
  const isOfNet = !word.includes('-', word.indexOf('-') + 1) && sameNet(word, net);
  if (!isOfNet || compareAddresses(to.address, from.address) < 0) {
    throw IpvsError.input(
      'bad-address',
      'read real servers',
      word,
      'the range does not end behind its beginning, in the same last part of an address',
      'write it like 10.0.0.21-24:8080',
    );
  }
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, offset) =>
    parseRealServer(`${net}.${Number(first) + offset}${port}`, defaultPort),
  );
}

/** Whether the end of a range, where it is a whole address, has the same first three parts as its beginning. */
function sameNet(word: string, net: string): boolean {
  const end = word.slice(word.indexOf('-') + 1).replace(/:\d+$/, '');
  return !end.includes('.') || end.slice(0, end.lastIndexOf('.')) === net;
}

function tooMany(text: string): IpvsError {
  return IpvsError.input(
    'bad-value',
    'read real servers',
    text.length > 60 ? `${text.slice(0, 60)}…` : text,
    `these are more than ${mostAtOnce}`,
    'give fewer at once',
  );
}
