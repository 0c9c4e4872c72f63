import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchPrograms } from '../bench-programs.ts';
import {
  type BenchTerminal,
  openBenchTerminal,
  processorTimeOf,
  residentMemoryOf,
} from '../bench-terminal.ts';
import type { Figure } from '../figure.ts';
import { spreadOf } from '../statistics.ts';

const runs = 5;
const keysPerRun = 60;
const settlingTime = 5000;
const window = 20_000;
const down = '\x1b[B';
const up = '\x1b[A';
/** What stands in the header once there is data. */
const live = '● live';

/** From a cursor key to the first byte, with 1,000 services of 10 real servers under load at 1 Hz. */
export async function keyFigures(programs: BenchPrograms): Promise<Figure[]> {
  const screen = openBenchTerminal([programs.path('large-screen')]);
  const echo = openBenchTerminal([programs.path('echo')]);
  try {
    await Promise.all([screen.said(live), echo.said('ready')]);
    await sleep(settlingTime);
    const own: number[][] = [];
    const floor: number[][] = [];
    for (let run = 0; run < runs; run++) {
      own.push(await measureKeys(screen));
      floor.push(await measureKeys(echo));
    }
    return [0.5, 0.95].map((share) => ({
      what: `key to first byte, 1,000×10 under load, p${share * 100}`,
      unit: 'ms',
      measured: spreadOf(own.map((times) => quantile(times, share))),
      beside: {
        what: 'Node that echoes',
        measured: spreadOf(floor.map((times) => quantile(times, share))),
      },
      target: { of: 'measured', atMost: share === 0.5 ? 3 : 10 },
    }));
  } finally {
    screen.close();
    echo.close();
  }
}

async function measureKeys(terminal: BenchTerminal): Promise<number[]> {
  const times: number[] = [];
  for (let key = 0; key < keysPerRun; key++) {
    // Not in step with the readings.
    await sleep(30 + ((key * 37) % 50));
    const next = terminal.nextOutput();
    const pressed = performance.now();
    // Mostly down, so that the screen scrolls too.
    terminal.write(key % 4 === 3 ? up : down);
    times.push((await next) - pressed);
  }
  return times;
}

/** From the start of the process to the first frame with data. */
export async function startFigures(): Promise<Figure[]> {
  const executable = 'bin/lvstop.js';
  const first: number[] = [];
  const data: number[] = [];
  const bare: number[] = [];
  // The first start fills Node's compile cache.
  for (let run = -1; run < runs + 2; run++) {
    const empty = openBenchTerminal(['-e', '0']);
    const empties = (await empty.ended) - empty.started;
    const terminal = openBenchTerminal([executable, '--demo']);
    const drawn = (await terminal.said('lvstop')) - terminal.started;
    const alive = (await terminal.said(live)) - terminal.started;
    terminal.close();
    await terminal.ended;
    if (run < 0) continue;
    first.push(drawn);
    data.push(alive);
    bare.push(empties);
  }
  const beside = { what: 'node -e 0', measured: spreadOf(bare) };
  return [
    { what: 'start to the first frame', unit: 'ms', measured: spreadOf(first), beside },
    {
      what: 'start to the first frame with data',
      unit: 'ms',
      measured: spreadOf(data),
      beside,
      target: { of: 'measured', atMost: 200 },
    },
  ];
}

/** What the whole process costs while it shows 1,000 services of 10 real servers, all under load, at 1 Hz. */
export async function processorFigures(programs: BenchPrograms): Promise<Figure[]> {
  const screen = openBenchTerminal([programs.path('large-screen')]);
  try {
    await screen.said(live);
    await sleep(settlingTime);
    const shares: number[] = [];
    const resident: number[] = [];
    for (let run = 0; run < runs; run++) {
      const before = processorTimeOf(screen.pid);
      const start = performance.now();
      await sleep(window);
      shares.push(((processorTimeOf(screen.pid) - before) / (performance.now() - start)) * 100);
      resident.push(residentMemoryOf(screen.pid));
    }
    const what = '1,000×10 under load at 1 Hz, 200×50';
    return [
      {
        what: `${what}, one core, the kernel's answers left out`,
        unit: '%',
        measured: spreadOf(shares),
        target: { of: 'measured', atMost: 3 },
      },
      { what: `${what}, resident memory meanwhile`, unit: 'MiB', measured: spreadOf(resident) },
    ];
  } finally {
    screen.close();
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
