import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { bundleExecutable, executable as singleExecutable } from '../../lab/bundle.ts';
import type { Figure } from '../figure.ts';
import { spreadOf } from '../statistics.ts';
import { executable, startOf } from './process-figures.ts';

const runs = 7;

/** The single executable: its size, which every host is sent once, and its start beside that of the bundle. */
export async function executableFigures(): Promise<Figure[]> {
  await bundleExecutable();
  const packed = execFileSync('xz', ['-6', '--threads=1', '--stdout', singleExecutable], {
    maxBuffer: 2 ** 27,
  });
  const own: number[] = [];
  const bundled: number[] = [];
  // The first start fills Node's compile cache, and the page cache.
  for (let run = -1; run < runs; run++) {
    const [single, bundle] = [
      await startOf({ command: singleExecutable, args: ['--demo'] }),
      await startOf({ args: [...executable, '--demo'] }),
    ];
    if (run < 0) continue;
    own.push(single.alive);
    bundled.push(bundle.alive);
  }
  const size = (what: string, bytes: number, atMost: number): Figure => ({
    what,
    unit: 'MB',
    measured: spreadOf([bytes / 1e6]),
    target: { of: 'measured', atMost },
  });
  return [
    size('the executable', statSync(singleExecutable).size, 110),
    size('the executable, compressed by xz', packed.length, 32),
    {
      what: 'the executable, start to the first frame with data',
      unit: 'ms',
      measured: spreadOf(own),
      beside: { what: 'bin/lvstop.js', measured: spreadOf(bundled) },
      target: { of: 'ratio', atMost: 1.3 },
    },
  ];
}
