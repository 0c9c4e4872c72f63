import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Figure } from '../figure.ts';
import type { HoldSpreads } from '../held-loop.ts';
import type { Spread } from '../statistics.ts';

const checkout = resolve(import.meta.dirname, '../../..');

/** One table of what sweep.ts measures. */
interface SweepResult {
  readonly table: string;
  readonly target: { readonly ipvsadm: number; readonly c: number };
  readonly sweep: Spread;
  readonly c: Spread;
  readonly changed: Spread;
  readonly changedC: Spread;
  readonly ipvsadm: Spread;
  readonly holds: HoldSpreads;
  readonly changedHolds: HoldSpreads;
}

/** What sweep.ts prints as its last line. */
interface SweepReport {
  readonly tables: readonly SweepResult[];
  /** A tick of a table of which one screen is in view, and one of all of it. */
  readonly polling: {
    readonly table: string;
    readonly target: number;
    readonly everything: Spread;
    readonly inView: Spread;
    readonly whole: HoldSpreads;
    readonly part: HoldSpreads;
  };
}

/** What apply.ts prints as its last line. */
interface ApplyResult {
  readonly applied: Spread;
  readonly restored: Spread;
  readonly target: number;
}

/** Full sweeps inside the lab, beside ipvsadm and C, which run there too. */
export async function sweepFigures(): Promise<Figure[]> {
  const { tables, polling } = inLab<SweepReport>('test/bench/sweep.ts');
  const swept = tables.flatMap(({ table, target, sweep, c, ipvsadm, ...others }) => {
    const what = `full sweep ${table} in the lab`;
    return [
      {
        what,
        unit: 'ms',
        measured: sweep,
        beside: { what: 'ipvsadm -Ln --stats', measured: ipvsadm },
        target: { of: 'ratio' as const, atMost: target.ipvsadm },
      },
      {
        what,
        unit: 'ms',
        measured: sweep,
        beside: { what: 'C, decoding nothing', measured: c },
        target: { of: 'ratio' as const, atMost: target.c },
      },
      {
        what: `${what}, all rows changed`,
        unit: 'ms',
        measured: others.changed,
        beside: { what: 'C, decoding nothing', measured: others.changedC },
      },
      hold(what, others.holds),
      hold(`${what}, all rows changed`, others.changedHolds),
    ];
  });
  return [
    ...swept,
    {
      what: `a tick of ${polling.table} in the lab, 40 rows in view`,
      unit: 'ms',
      measured: polling.inView,
      beside: { what: 'a tick of all of it', measured: polling.everything },
      target: { of: 'ratio', atMost: polling.target },
    },
    hold(`a tick of all of ${polling.table} in the lab`, polling.whole),
    hold(`a tick of ${polling.table} in the lab, 40 rows in view`, polling.part),
  ];
}

/** Beside it stands what a loop that does nothing is held by the machine. */
function hold(what: string, { held, stood }: HoldSpreads): Figure {
  return {
    what: `${what}, longest hold of the event loop`,
    unit: 'ms',
    measured: held,
    beside: { what: 'a loop that does nothing', measured: stood },
    target: { of: 'measured', atMost: 8 },
  };
}

/** A whole table from a file into an empty one inside the lab, beside ipvsadm, which reads the same file. */
export async function applyFigures(): Promise<Figure[]> {
  const { applied, restored, target } = inLab<ApplyResult>('test/bench/apply.ts');
  return [
    {
      what: 'apply of 1,000 × 10 to an empty table in the lab',
      unit: 'ms',
      measured: applied,
      beside: { what: 'ipvsadm -R', measured: restored },
      target: { of: 'ratio', atMost: target },
    },
  ];
}

/** Runs a file in the guest and gives the JSON of its last line. */
export function inLab<Result>(file: string): Result {
  const output = execFileSync(
    process.execPath,
    ['test/lab/lab.ts', '--bare', '--no-build', process.execPath, file],
    { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return JSON.parse(output.toString().trim().split('\n').at(-1) ?? '');
}
