import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Figure } from '../figure.ts';
import type { Spread } from '../statistics.ts';

const checkout = resolve(import.meta.dirname, '../../..');

/** What rates.ts prints as its last line, in seconds. */
interface RateResult {
  readonly right: Spread;
  readonly average: Spread;
  readonly zero: Spread;
}

/** How long a rate takes to be right, and 0, on the lab's kernel. */
export async function rateFigures(): Promise<Figure[]> {
  const output = execFileSync(
    process.execPath,
    ['test/lab/lab.ts', '--bare', '--no-build', process.execPath, 'test/bench/rates.ts'],
    { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { right, average, zero }: RateResult = JSON.parse(output.toString().trim().split('\n').at(-1) ?? '');
  const target = { of: 'measured' as const, atMost: 4 };
  return [
    {
      what: 'load started, until its rate is within 5 %',
      unit: 's',
      measured: right,
      beside: { what: "ipvsadm --rate, the kernel's average", measured: average },
      target,
    },
    { what: 'load ended, until its rate is 0', unit: 's', measured: zero, target },
  ];
}
