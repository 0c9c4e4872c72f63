import { Damage } from './damage.ts';
import { parsedJson, readServiceLine } from './recorded-json.ts';
import { type RecordedService, RecordedTable } from './recorded-table.ts';

/**
 * What leads from one table to the next, as lines of text. The first is a list of numbers that go through the services of
 * before: a positive one keeps so many, a negative one leaves out so many, 0 takes a service from the next line: settings
 * as JSON, `{"service":…,"realServers":[…]}`.
 */
export function encodeTableEdits(before: RecordedTable, now: RecordedTable): Buffer {
  const moves: number[] = [];
  const lines: string[] = [];
  let at = 0;
  const leaveOut = (count: number) => {
    if (count > 0) moves.push(-count);
    at += count;
  };
  for (const service of now.services) {
    const former = before.places.get(service.key);
    if (former !== undefined && former >= at && before.services[former] === service) {
      leaveOut(former - at);
      const last = moves.at(-1) ?? 0;
      if (last > 0) moves[moves.length - 1] = last + 1;
      else moves.push(1);
      at++;
    } else {
      moves.push(0);
      lines.push(lineOf(service));
    }
  }
  leaveOut(before.services.length - at);
  return Buffer.from([JSON.stringify(moves), ...lines].join('\n'));
}

/** Settings as a line of text: the same settings make the same line. */
export function lineOf({ service, realServers }: Omit<RecordedService, 'key'>): string {
  return JSON.stringify({ service, realServers });
}

/** Lines that were read before, with the service that each tells of: from shard to shard they are mostly the same. */
export type KnownLines = Map<string, RecordedService>;

/** Lines that are kept: of a large table twice over. */
const mostKnown = 20_000;

/** The table that the edits lead to. Throws a `Damage`. */
export function applyTableEdits(before: RecordedTable, content: Buffer, known: KnownLines): RecordedTable {
  const [first = '', ...lines] = content.toString().split('\n');
  const moves = parsedJson(first);
  if (!Array.isArray(moves)) throw new Damage('its table has no beginning');
  const services: RecordedService[] = [];
  let at = 0;
  let line = 0;
  for (const move of moves) {
    if (!Number.isInteger(move)) throw new Damage('its table is led to by no number');
    if (move === 0) services.push(knownService(lines[line++], known));
    else {
      const count = Math.abs(move);
      if (at + count > before.services.length) throw new Damage('its table had fewer services');
      if (move > 0) services.push(...before.services.slice(at, at + count));
      at += count;
    }
  }
  return new RecordedTable(services);
}

function knownService(line: string | undefined, known: KnownLines): RecordedService {
  if (line === undefined) throw new Damage('a service of its table is missing');
  const before = known.get(line);
  if (before !== undefined) return before;
  const service = readServiceLine(line);
  if (known.size >= mostKnown) known.clear();
  known.set(line, service);
  return service;
}
