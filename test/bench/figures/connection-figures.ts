import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { procConnections } from '../../../src/director/proc-connections.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { ConnectionInquiry } from '../../../src/ui/panes/connections/connection-inquiry.ts';
import type { Figure } from '../figure.ts';
import { holdSpreads, noHolds, watched } from '../held-loop.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { inLab } from './lab-figures.ts';

const rows = 1_000_000;
const runs = 5;

/** What client-sampling.ts prints as its last line. */
interface SamplingResult {
  readonly off: Spread;
  readonly on: Spread;
}

/** The view of connections over a table of a million, in a file that reads as the kernel's does where reading is linear. */
export async function connectionFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-bench-'));
  const path = join(folder, 'ip_vs_conn_sync');
  const opened: number[] = [];
  const settled: number[] = [];
  const holds = noHolds();
  try {
    writeFileSync(path, tableText());
    for (let run = 0; run < runs; run++) {
      let first: number | undefined;
      const began = performance.now();
      const inquiry = new ConnectionInquiry(
        {
          director: { readConnections: (table) => procConnections(table, path) },
          services: [
            {
              service: { identity: parseService('tcp:203.0.113.10:80') },
              realServers: [{ realServer: { identity: parseRealServer('10.0.0.21:8080'), weight: 1 } }],
            },
          ],
          expected: rows,
          timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
        },
        {
          by: 'client',
          filter: null,
          networks: { inet: 24, inet6: 64 },
          sort: 'connections',
          isReversed: false,
        },
        () => {
          first ??= performance.now() - began;
        },
        'all',
      );
      const [, milliseconds] = await watched(holds, (pace) => inquiry.run(pace));
      if (inquiry.count.summary.connections !== rows) throw new Error('not all connections were counted');
      opened.push(first ?? milliseconds);
      settled.push(milliseconds);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { held, stood } = holdSpreads(holds);
  return [
    {
      what: 'connections: opening the view over 1,000,000, first numbers',
      unit: 'ms',
      measured: spreadOf(opened),
      target: { of: 'measured', atMost: 100 },
    },
    {
      what: 'connections: all 1,000,000 read and counted by client',
      unit: 'ms',
      measured: spreadOf(settled),
    },
    {
      what: 'connections: longest hold of the event loop meanwhile',
      unit: 'ms',
      measured: held,
      beside: { what: 'a loop that does nothing', measured: stood },
      target: { of: 'measured', atMost: 8 },
    },
  ];
}

/** Packets through the lab's director while clients are sampled, beside as many without. */
export async function samplingFigures(): Promise<Figure[]> {
  const { off, on } = inLab<SamplingResult>('test/bench/client-sampling.ts');
  return [
    {
      what: 'packets through the director in the lab with clients sampled',
      unit: 'packets/s',
      measured: on,
      beside: { what: 'without', measured: off },
    },
  ];
}

/** Lines as the kernel writes them, of 60,000 clients. */
function tableText(): string {
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const client = (0xc612_0000 + ((row * 7919) % 60_000)).toString(16).toUpperCase();
    const port = (1024 + (row % 60_000)).toString(16).toUpperCase().padStart(4, '0');
    lines.push(
      `TCP ${client} ${port} CB00710A 0050 0A000015 1F90 ESTABLISHED LOCAL      ${100 + (row % 800)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
