import * as v from 'valibot';
import type { Counter } from '../../ipvs/counters.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, formatService, parseRealServer, parseService } from '../../ipvs/identity.ts';
import { drainCriteria, drainEndings } from './drain.ts';
import type { KeptDrain } from './drains.ts';

/** The drains of one process, with the table that they belong to. */
export interface KeptDrains {
  /** The table's name, as `tableIdentity` gives it. */
  readonly table: string;
  readonly drains: readonly KeptDrain[];
}

/** What lvstop 0.1 kept: one file for all processes and tables, without marks. */
export interface FormerDrains {
  /** The processes that watched drains, as `processIdentity` names them. */
  readonly watchers: readonly string[];
  readonly tables: readonly KeptDrains[];
}

const orderEntries = {
  service: v.string(),
  realServer: v.string(),
  formerWeight: v.pipe(v.number(), v.integer(), v.minValue(0)),
  ending: v.picklist(drainEndings),
  until: v.picklist(drainCriteria),
  beganAt: v.pipe(v.number(), v.finite(), v.minValue(0)),
  timeout: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))),
  greatest: v.pipe(v.number(), v.finite(), v.minValue(0)),
};

const counter = v.pipe(v.string(), v.regex(/^\d{1,20}$/), v.transform(asCounter));
const mark = v.object({ line: v.string(), connections: v.nullable(counter), change: v.nullable(v.string()) });
const record = v.object({
  version: v.literal(2),
  table: v.string(),
  drains: v.array(v.object({ ...orderEntries, mark: v.nullable(mark) })),
});
const formerRecord = v.object({
  version: v.literal(1),
  drains: v.array(v.object({ ...orderEntries, watcher: v.string(), table: v.string() })),
});

/** Drains as the text of the file that keeps them. */
export function writeDrains({ table, drains }: KeptDrains): string {
  const rows = drains.map(({ order: { service, realServer, ...order }, greatest, mark }) => ({
    service: formatService(service),
    realServer: formatRealServer(realServer),
    ...order,
    greatest,
    mark: mark && {
      ...mark,
      // A JSON number is exact to 2^53 only.
      connections: mark.connections === null ? null : String(mark.connections),
    },
  }));
  return `${JSON.stringify({ version: 2, table, drains: rows }, null, 1)}\n`;
}

/** Reads the text of such a file; `null` when `writeDrains` did not write it. */
export function readDrains(text: string): KeptDrains | null {
  return readOrNull(() => {
    const read = v.safeParse(record, JSON.parse(text));
    if (!read.success) return null;
    const { table, drains } = read.output;
    return { table, drains: drains.map(keptDrain) };
  });
}

/** Reads the drains that lvstop 0.1 kept; `null` for any other text. */
export function readFormerDrains(text: string): FormerDrains | null {
  return readOrNull(() => {
    const read = v.safeParse(formerRecord, JSON.parse(text));
    if (!read.success) return null;
    const tables = Map.groupBy(read.output.drains, ({ table }) => table);
    return {
      watchers: read.output.drains.map(({ watcher }) => watcher),
      tables: [...tables].map(([table, drains]) => ({
        table,
        drains: drains.map(({ watcher: _watcher, table: _table, ...kept }) =>
          keptDrain({ ...kept, mark: null }),
        ),
      })),
    };
  });
}

function keptDrain({
  service,
  realServer,
  greatest,
  mark,
  ...order
}: v.InferOutput<typeof record>['drains'][number]): KeptDrain {
  return {
    order: { ...order, service: parseService(service), realServer: parseRealServer(realServer) },
    greatest,
    mark,
  };
}

function readOrNull<Read>(read: () => Read | null): Read | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof IpvsError) return null;
    throw error;
  }
}

function asCounter(text: string): Counter {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}
