import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigurationReading } from '../../src/formats/configuration.ts';
import { formatIpvsadm, ipvsadmLimits, type SavedService } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { formatJsonIndented } from '../../src/formats/json/json.ts';
import { formatKeepalived, keepalivedLimits } from '../../src/formats/keepalived/write.ts';
import { formatRealServer, formatService } from '../../src/ipvs/identity.ts';
import { listingOf } from './listing-of.ts';
import { anyKernelTable, anyTable, sortedTable, tableOf } from './random-table.ts';
import { readIpvsadm, readJson, readKeepalived } from './reading.ts';

interface SavingFormat {
  readonly write: (table: readonly SavedService[]) => string;
  readonly limits: (table: readonly SavedService[]) => readonly string[];
  readonly read: (text: string) => ConfigurationReading;
}

const formats: Readonly<Record<string, SavingFormat>> = {
  ipvsadm: { write: formatIpvsadm, limits: ipvsadmLimits, read: readIpvsadm },
  keepalived: { write: formatKeepalived, limits: keepalivedLimits, read: readKeepalived },
  json: { write: (table) => formatJsonIndented(listingOf(table)), limits: () => [], read: readJson },
};

/** The part of a table of which no loss is told. */
function withoutLosses(table: readonly SavedService[], { limits }: SavingFormat): SavedService[] {
  const told = (entry: SavedService) => limits([entry]);
  return table.flatMap(({ service, realServers }) => {
    const kept = realServers.filter((realServer) => {
      const object = `${formatRealServer(realServer.identity)} of ${formatService(service.identity)}: `;
      return !told({ service, realServers: [realServer] }).some((limit) => limit.startsWith(object));
    });
    return told({ service, realServers: kept }).length === 0 ? [{ service, realServers: kept }] : [];
  });
}

describe.each(Object.entries(formats))('as %s', (_, format) => {
  test('any table that the kernel takes reads back the same, but for what is told when it is written', () => {
    fc.assert(
      fc.property(anyKernelTable(), (table) => {
        const saved = withoutLosses(table, format);
        const { configuration, problems } = format.read(format.write(saved));
        expect(problems).toEqual([]);
        expect(configuration.notApplied).toEqual([]);
        expect(configuration.corrected).toEqual([]);
        expect(sortedTable(tableOf(configuration))).toEqual(sortedTable(saved));
      }),
      { numRuns: 300 },
    );
  });

  test('most of a table that lvstop makes is kept', () => {
    const tables = fc.sample(anyTable(), { numRuns: 200, seed: 7 }).flat();
    expect(withoutLosses(tables, format).length).toBeGreaterThan(tables.length / 2);
  });
});
