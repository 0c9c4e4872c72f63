import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchPrograms } from '../bench-programs.ts';
import { type BenchProgram, measureKeys, openBenchTerminal } from '../bench-terminal.ts';
import type { Figure } from '../figure.ts';
import { quantile, spreadOf } from '../statistics.ts';
import { type TimedRun, timedBy, timeScreen } from '../timed-screen.ts';

const runs = 5;
const settlingTime = 5000;
const window = 20_000;
/** Long enough for every real server to have had its turn, and the heap its collections. */
const largeWindow = 45_000;
/** What stands in the header once there is data. */
const live = '● live';

/** From a cursor key to the first byte, with 1,000 services of 10 real servers under load at 1 Hz. */
export async function keyFigures(programs: BenchPrograms): Promise<Figure[]> {
  const screen = openBenchTerminal({ args: [programs.path('large-screen')] });
  const echo = openBenchTerminal({ args: [programs.path('echo')] });
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

/** From the start of the process to the first frame, and to the end of a plain command. */
export async function startFigures(): Promise<Figure[]> {
  const first: number[] = [];
  const data: number[] = [];
  const uncached: number[] = [];
  const dialog: number[] = [];
  const list: number[] = [];
  const bare: number[] = [];
  // The first start fills Node's compile cache.
  for (let run = -1; run < runs + 2; run++) {
    const bareTime = await lifetimeOf({ args: ['-e', '0'] });
    const listTime = await lifetimeOf({ args: [...executable, 'list', '--demo'] });
    const screen = await startOf({ args: [...executable, '--demo'] });
    const plain = await startOf({
      args: [...executable, '--demo'],
      env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    if (run < 0) continue;
    bare.push(bareTime);
    list.push(listTime);
    first.push(screen.drawn);
    data.push(screen.alive);
    dialog.push(screen.dialog);
    uncached.push(plain.alive);
  }
  const beside = { what: 'node -e 0', measured: spreadOf(bare) };
  const figure = (what: string, times: readonly number[]): Figure => ({
    what,
    unit: 'ms',
    measured: spreadOf(times),
    beside,
  });
  return [
    figure('start to the first frame', first),
    { ...figure('start to the first frame with data', data), target: { of: 'measured', atMost: 200 } },
    figure('the same without the compile cache', uncached),
    figure('start to the help, its key pressed on the first frame', dialog),
    figure('lvstop list --demo, from its start to its end', list),
  ];
}

/** As `bin/lvstop` starts it. */
export const executable = ['--disable-sigusr1', 'bin/lvstop.js'] as const;

async function lifetimeOf(program: BenchProgram): Promise<number> {
  const terminal = openBenchTerminal(program);
  return (await terminal.ended) - terminal.started;
}

/** Milliseconds until the first frame, until data, and until the help, whose key is pressed when data is there. */
export async function startOf(
  program: BenchProgram,
): Promise<{ drawn: number; alive: number; dialog: number }> {
  const terminal = openBenchTerminal(program);
  const { started } = terminal;
  const drawn = (await terminal.said('lvstop')) - started;
  const alive = (await terminal.said(live)) - started;
  terminal.write('?');
  const dialog = (await terminal.said('Movement')) - started;
  terminal.close();
  await terminal.ended;
  return { drawn, alive, dialog };
}

/** What the whole process costs while it shows 1,000 services of 10 real servers, all under load, at 1 Hz. */
export async function processorFigures(programs: BenchPrograms): Promise<Figure[]> {
  const program = { args: [programs.path('large-screen')] };
  const shares: number[] = [];
  const timed: TimedRun[] = [];
  for (let run = 0; run < runs; run++) {
    // The start, which is in both, falls out.
    const short = await timeScreen(program, live, settlingTime);
    const long = await timeScreen(program, live, settlingTime + window);
    shares.push(((long.processor - short.processor) / window) * 100);
    timed.push(long);
  }
  const what = '1,000×10 under load at 1 Hz, 200×50';
  return [
    {
      what: `${what}, one core, the making of the kernel's answers included, by ${timedBy}`,
      unit: '%',
      measured: spreadOf(shares),
      target: { of: 'measured', atMost: 3 },
    },
    ...memoryOf(what, timed, 110),
  ];
}

/** Sizes of tables, and MiB that may be resident with them. The first is the largest table that is known in public. */
const largeTables = [
  { services: 2300, realServers: 16, atMost: 200 },
  { services: 10_000, realServers: 10, atMost: 400 },
];

/** Memory of the whole process while it shows large tables, all of them under load, at 1 Hz. */
export async function residentFigures(programs: BenchPrograms): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { services, realServers, atMost } of largeTables) {
    const program = { args: [programs.path('large-screen'), `${services}x${realServers}`] };
    const timed: TimedRun[] = [];
    for (let run = 0; run < runs; run++) timed.push(await timeScreen(program, live, largeWindow));
    const table = `${services.toLocaleString('en')}×${realServers}`;
    figures.push(...memoryOf(`${table} under load at 1 Hz, 200×50`, timed, atMost));
  }
  return figures;
}

function memoryOf(what: string, timed: readonly TimedRun[], atMost: number): Figure[] {
  return [
    {
      what: `${what}, resident memory meanwhile`,
      unit: 'MiB',
      measured: spreadOf(timed.map(({ resident }) => resident)),
      target: { of: 'measured', atMost },
    },
    {
      what: `${what}, resident memory at most, by ${timedBy}`,
      unit: 'MiB',
      measured: spreadOf(timed.map(({ mostResident }) => mostResident)),
    },
  ];
}
