/**
 * Gives readers inputs that nobody should send them, until one goes wrong.
 *
 * usage: run.ts [--count N] [--seed N] [TARGET…]
 *
 * `--count` is for each target (by default so many that all together have ten million); `--seed` repeats a run.
 */
import { parseArgs } from 'node:util';
import { checkKept, fuzz } from './target.ts';
import { targets } from './targets/all.ts';

const inAll = 10_000_000;
/** Inputs between two looks at whether to go on, and a line of progress. */
const portion = 100_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, seed: { type: 'string' } },
});
const unknown = positionals.find((name) => !targets.some((target) => target.name === name));
if (unknown !== undefined) {
  console.error(`there is no target ${unknown}; there are ${targets.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const count = Number(values.count ?? Math.ceil(inAll / chosen.length));
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));

let failures = 0;
for (const target of chosen) {
  const began = process.cpuUsage();
  try {
    const kept = checkKept(target);
    for (let done = 0; done < count; done += portion)
      fuzz(target, Math.min(portion, count - done), seed + done);
    const { user, system } = process.cpuUsage(began);
    const each = (user + system) / count;
    const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
    console.log(
      `${target.name}: ${count} inputs and ${kept} kept ones, seed ${seed}, ${each.toFixed(1)} µs of processor each, ${memory} MiB`,
    );
  } catch (error) {
    failures++;
    console.error(error instanceof Error ? error.message : error);
  }
}
process.exitCode = failures > 0 ? 1 : 0;
