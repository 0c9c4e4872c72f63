import { readSystemText } from '../system/read-at-most.ts';

/** Packets with a source that cannot be: `in_martian_src` of all processors. `undefined` where the kernel does not count. */
export function readMartians(): number | undefined {
  let lines: string[];
  try {
    lines = readSystemText('/proc/net/stat/rt_cache').trim().split('\n');
  } catch {
    return undefined;
  }
  const [names = '', ...processors] = lines;
  const place = names.trim().split(/\s+/).indexOf('in_martian_src');
  if (place < 0) return undefined;
  return processors.reduce(
    (sum, line) => sum + Number.parseInt(line.trim().split(/\s+/)[place] ?? '0', 16),
    0,
  );
}
