import type { BenchPrograms } from '../bench-programs.ts';
import { openBenchTerminal } from '../bench-terminal.ts';
import type { Figure } from '../figure.ts';
import type { Taken } from '../programs/large-table.ts';
import { type Spread, spreadOf } from '../statistics.ts';

const runs = 5;
/** Of twice as many rows; what is linear takes twice as long, and a little more for collections of a larger heap. */
const mostGrowth = 2.6;
/** Milliseconds. */
const limits = { firstData: 2000, key: 100 } as const;
/** What stands in the header once there is data. */
const live = '● live';

/** Services and real servers of each. */
type Size = readonly [services: number, realServers: number];

const tables: readonly { readonly whole: Size; readonly half: Size }[] = [
  { whole: [20_000, 1], half: [10_000, 1] },
  { whole: [1, 5000], half: [1, 2500] },
];

/** What large tables take, each beside a table of half the size, whose ratio is the growth. */
export async function largeFigures(programs: BenchPrograms): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { whole, half } of tables) {
    const beside = (measured: Spread) => ({ what: `at ${name(half)}`, measured });
    figures.push({
      what: `start to the first data, ${name(whole)}`,
      unit: 'ms',
      measured: await firstData(programs, whole),
      beside: beside(await firstData(programs, half)),
      target: { of: 'measured', atMost: limits.firstData },
    });
    const keys = { whole: measured(programs, 'keys', whole), half: measured(programs, 'keys', half) };
    for (const reading of ['the first reading', 'a reading']) {
      figures.push({
        what: `longest hold by ${reading} with the doctor's round, ${name(whole)}`,
        unit: 'ms',
        measured: heldBy(keys.whole, reading),
        beside: beside(heldBy(keys.half, reading)),
        target: { of: 'measured', atMost: limits.key },
      });
    }
    for (const part of ['held', 'whole'] as const) {
      const [key, spread] = worst(keys.whole, part);
      figures.push({
        what: `${part === 'held' ? 'longest hold by a key' : 'longest until all is worked out'}, ${name(whole)}: ${key}`,
        unit: 'ms',
        measured: spread,
        beside: beside(spreadOf((keys.half.get(key) ?? []).map((taken) => taken[part]))),
        ...(part === 'held' && { target: { of: 'measured', atMost: limits.key } }),
      });
    }
    const commands = {
      whole: measured(programs, 'commands', whole),
      half: measured(programs, 'commands', half),
    };
    for (const [command, taken] of commands.whole) {
      figures.push({
        what: `lvstop ${command}, ${name(whole)}`,
        unit: 'ms',
        measured: spreadOf(taken.map((each) => each.whole)),
        beside: beside(spreadOf((commands.half.get(command) ?? []).map((each) => each.whole))),
        target: { of: 'ratio', atMost: mostGrowth },
      });
    }
  }
  return figures;
}

function name([services, realServers]: Size): string {
  return [services, realServers].map((count) => count.toLocaleString('en')).join('×');
}

async function firstData(programs: BenchPrograms, size: Size): Promise<Spread> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const screen = openBenchTerminal({ args: [programs.path('large-screen'), size.join('x')] });
    times.push((await screen.said(live)) - screen.started);
    screen.close();
    await screen.ended;
  }
  return spreadOf(times);
}

/** What each key or command took in each of the runs. */
function measured(programs: BenchPrograms, part: 'keys' | 'commands', size: Size): Map<string, Taken[]> {
  const all = Array.from({ length: runs }, () => programs.run<Taken[]>('large-table', [part, ...size]));
  return Map.groupBy(all.flat(), ({ what }) => what);
}

function heldBy(all: ReadonlyMap<string, readonly Taken[]>, what: string): Spread {
  return spreadOf((all.get(what) ?? []).map(({ held }) => held));
}

/** The one with the highest median. */
function worst(all: ReadonlyMap<string, readonly Taken[]>, part: 'held' | 'whole'): [string, Spread] {
  const spreads = [...all]
    .filter(([, taken]) => taken[0]?.isKey === true)
    .map(([what, taken]): [string, Spread] => [what, spreadOf(taken.map((each) => each[part]))]);
  return spreads.reduce((left, right) => (right[1].median > left[1].median ? right : left));
}
