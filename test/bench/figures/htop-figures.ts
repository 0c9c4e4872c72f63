import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { measureKeys, openBenchTerminal, processorTimeOf } from '../bench-terminal.ts';
import type { Figure } from '../figure.ts';
import { quantile, spreadOf } from '../statistics.ts';

const htop = '/usr/bin/htop';
const runs = 5;
const settlingTime = 2000;
const window = 5000;
/** What stands in its last line once its first picture is there. */
const firstPicture = 'Quit';

/** What htop, which people know, costs on this machine: on the same terminal, at 1 Hz too. Nothing where there is none. */
export async function htopFigures(): Promise<Figure[]> {
  if (!existsSync(htop)) {
    console.error('htop is not installed: nothing to stand beside');
    return [];
  }
  // It keeps its settings there, and is to find none.
  const home = mkdtempSync(join(tmpdir(), 'lvstop-bench-htop-'));
  const starts: number[] = [];
  const keys: number[] = [];
  const bytes: number[] = [];
  const shares: number[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      const terminal = openBenchTerminal({ command: htop, args: ['-d', '10'], env: { HOME: home } });
      starts.push((await terminal.said(firstPicture)) - terminal.started);
      await sleep(settlingTime);
      const before = {
        bytes: terminal.bytes,
        processor: processorTimeOf(terminal.pid),
        time: performance.now(),
      };
      await sleep(window);
      const seconds = (performance.now() - before.time) / 1000;
      bytes.push((terminal.bytes - before.bytes) / seconds);
      shares.push((processorTimeOf(terminal.pid) - before.processor) / (seconds * 10));
      keys.push(quantile(await measureKeys(terminal), 0.5));
      terminal.close();
      await terminal.ended;
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return [
    { what: 'htop: start to its first picture', unit: 'ms', measured: spreadOf(starts) },
    { what: 'htop: key to first byte, p50', unit: 'ms', measured: spreadOf(keys) },
    { what: 'htop: bytes a second at 1 Hz, 200×50', unit: 'B', measured: spreadOf(bytes) },
    { what: 'htop: at 1 Hz, 200×50, one core', unit: '%', measured: spreadOf(shares) },
  ];
}
