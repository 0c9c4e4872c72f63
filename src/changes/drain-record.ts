import * as v from 'valibot';
import { IpvsError } from '../ipvs/error.ts';
import { formatRealServer, formatService, parseRealServer, parseService } from '../ipvs/identity.ts';
import { drainCriteria, drainEndings } from './drain.ts';
import type { WatchedDrain } from './drains.ts';

const record = v.object({
  version: v.literal(1),
  drains: v.array(
    v.object({
      service: v.string(),
      realServer: v.string(),
      formerWeight: v.pipe(v.number(), v.integer(), v.minValue(0)),
      ending: v.picklist(drainEndings),
      until: v.picklist(drainCriteria),
      beganAt: v.pipe(v.number(), v.minValue(0)),
      timeout: v.nullable(v.pipe(v.number(), v.minValue(0))),
      greatest: v.pipe(v.number(), v.minValue(0)),
      watcher: v.string(),
      table: v.string(),
    }),
  ),
});

/** Drains as the text that is kept. */
export function writeDrains(drains: readonly WatchedDrain[]): string {
  const rows = drains.map(({ order: { service, realServer, ...order }, ...kept }) => ({
    service: formatService(service),
    realServer: formatRealServer(realServer),
    ...order,
    ...kept,
  }));
  return `${JSON.stringify({ version: 1, drains: rows }, null, 1)}\n`;
}

/** Reads the text that is kept; `null` when it is not what `writeDrains` writes. */
export function readDrains(text: string): WatchedDrain[] | null {
  try {
    const read = v.safeParse(record, JSON.parse(text));
    if (!read.success) return null;
    return read.output.drains.map(({ service, realServer, greatest, watcher, table, ...order }) => ({
      order: { ...order, service: parseService(service), realServer: parseRealServer(realServer) },
      greatest,
      watcher,
      table,
    }));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof IpvsError) return null;
    throw error;
  }
}
