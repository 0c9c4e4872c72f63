import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Figure } from '../figure.ts';
import type { Spread } from '../statistics.ts';

const checkout = resolve(import.meta.dirname, '../../..');

/** One table of what sweep.ts prints as its last line. */
interface SweepResult {
  readonly table: string;
  readonly target: { readonly ipvsadm: number; readonly c: number };
  readonly sweep: Spread;
  readonly held: Spread;
  readonly ipvsadm: Spread;
  readonly c: Spread;
}

/** Full sweeps inside the lab, beside ipvsadm and C, which run there too. */
export async function sweepFigures(): Promise<Figure[]> {
  const output = execFileSync(
    process.execPath,
    ['test/lab/lab.ts', '--bare', '--no-build', process.execPath, 'test/bench/sweep.ts'],
    { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const results: readonly SweepResult[] = JSON.parse(output.toString().trim().split('\n').at(-1) ?? '');
  return results.flatMap(({ table, target, sweep, held, ipvsadm, c }) => {
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
        what: `${what}, longest hold of the event loop`,
        unit: 'ms',
        measured: held,
        target: { of: 'measured' as const, atMost: 8 },
      },
    ];
  });
}
