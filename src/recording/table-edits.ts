import type { Work } from '../system/turns.ts';
import { ByteWriter } from './byte-writer.ts';
import { Damage } from './damage.ts';
import type { Frame } from './frame.ts';
import { parsedJson, readServiceLine } from './recorded-json.ts';
import { type RecordedService, RecordedTable } from './recorded-table.ts';

/**
 * What leads from one table to the next, as lines of text. The first is a list of numbers that go through the services of
 * before: a positive one keeps so many, a negative one leaves out so many, 0 takes a service from the next line: settings
 * as JSON, `{"service":…,"realServers":[…]}`.
 */
export function* encodeTableEdits(before: RecordedTable, now: RecordedTable): Work<Buffer> {
  const moves: number[] = [];
  const added: RecordedService[] = [];
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
      added.push(service);
    }
  }
  leaveOut(before.services.length - at);
  // Line by line: as one string a large table would be there three times over.
  const out = new ByteWriter();
  out.plain(JSON.stringify(moves));
  for (const service of added) {
    out.plain(`\n${lineOf(service)}`);
    yield 1 + service.realServers.length;
  }
  return out.bytes;
}

/** Settings as a line of text: the same settings make the same line. */
export function lineOf({ service, realServers }: Omit<RecordedService, 'key'>): string {
  return JSON.stringify({ service, realServers });
}

/** Most lines that are kept: twice those of a large table. */
const mostLines = 20_000;

/** Most tables that are kept: of as many shards as are looked at by turns. */
const mostTables = 4;

/** What was read of tables before: from shard to shard most of it is the same. */
export class KnownTables {
  readonly #lines = new Map<string, RecordedService>();
  /** Tables that a shard began with, by what stands in its file; the newest last. */
  #begun: { readonly packed: Buffer; readonly table: RecordedTable }[] = [];

  /** The service that a line tells of. Throws a `Damage`. */
  service(line: string | undefined): RecordedService {
    if (line === undefined) throw new Damage('a service of its table is missing');
    const before = this.#lines.get(line);
    if (before !== undefined) return before;
    const service = readServiceLine(line);
    if (this.#lines.size >= mostLines) this.#lines.clear();
    this.#lines.set(line, service);
    return service;
  }

  /** The table of a frame that begins a shard, and so rests on no table before it. Throws a `Damage`. */
  begun({ packed, content }: Pick<Frame, 'packed' | 'content'>): RecordedTable {
    const known = this.#begun.find((begun) => begun.packed.equals(packed));
    const table = known?.table ?? applyTableEdits(RecordedTable.empty, content(), this);
    this.#begun = [...this.#begun.filter((begun) => begun !== known), { packed: Buffer.from(packed), table }];
    while (this.#begun.length > mostTables) this.#begun.shift();
    return table;
  }
}

/** The table that the edits lead to. Throws a `Damage`. */
export function applyTableEdits(before: RecordedTable, content: Buffer, known: KnownTables): RecordedTable {
  const [first = '', ...lines] = content.toString().split('\n');
  const moves = parsedJson(first);
  if (!Array.isArray(moves)) throw new Damage('its table has no beginning');
  const services: RecordedService[] = [];
  let at = 0;
  let line = 0;
  for (const move of moves) {
    if (!Number.isInteger(move)) throw new Damage('its table is led to by no number');
    if (move === 0) services.push(known.service(lines[line++]));
    else {
      const count = Math.abs(move);
      if (at + count > before.services.length) throw new Damage('its table had fewer services');
      if (move > 0) services.push(...before.services.slice(at, at + count));
      at += count;
    }
  }
  return new RecordedTable(services);
}
