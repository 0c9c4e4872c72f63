/**
 * `npm run test:mutants [-- PATH…]`: makes small mistakes in the sources and tells those that no unit test notices, by
 * file, with line and change. For developers: it takes hours for everything, a minute or two for one file.
 *
 *   --sample N   only so many, drawn by the seed
 *   --seed N     which ones; it is printed, and makes the same sample of the same sources again
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawn } from '../drawn.ts';
import { checkout } from '../lab/boot.ts';
import { type Mutant, makeMutable } from './mutate.ts';
import type { Reach } from './runner.ts';

/** What is mutated, and whose tests are asked. */
const subjects: readonly { readonly sources: string; readonly tests: readonly string[] }[] = [
  { sources: 'src/changes', tests: ['test/changes', 'test/cli'] },
  { sources: 'src/netlink', tests: ['test/netlink', 'test/director/kernel', 'test/host'] },
  { sources: 'src/system', tests: ['test/system', 'test/cli', 'test/changes', 'test/host'] },
  ...[
    'whole-file',
    'private-file',
    'files/drain-file',
    'files/stored-settings',
    'files/saved-table-file',
  ].map((name) => ({
    sources: `src/cli/${name}.ts`,
    tests: ['test/cli'],
  })),
];

/** Share of the mutants that shall be killed. */
const wanted = 0.8;

/** Milliseconds that a test may take to be asked about each of its mutants. */
const slowest = 1500;

/** Seconds without a sign of life after which a mutant is taken to hang. */
const patience = 45;

const { values, positionals: places } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const files = subjects
  .flatMap(({ sources }) => sourcesBelow(sources))
  .filter((file) => places.length === 0 || places.some((place) => file.startsWith(place)));
const tests = [
  ...new Set(
    subjects
      .filter(({ sources }) => files.some((file) => file.startsWith(sources)))
      .flatMap((subject) => subject.tests.flatMap(testsBelow)),
  ),
];
const allMutants = files.flatMap((file) =>
  makeMutable(file, readFileSync(join(checkout, file), 'utf8')).mutants.map((mutant) => ({ file, mutant })),
);
const chosen = drawn(allMutants, Number(values.sample ?? Number.POSITIVE_INFINITY), seed);
const mutants = new Map(
  files.map((file) => [file, chosen.filter((one) => one.file === file).map(({ mutant }) => mutant)]),
);

const folder = mkdtempSync(join(tmpdir(), 'lvstop-mutants-'));
const reachFile = join(folder, 'reach');
const stateFile = join(folder, 'state');
writeFileSync(reachFile, '');
writeFileSync(stateFile, '');
try {
  await vitest('reach');
  const reaches = readFileSync(reachFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Reach);
  const quick = reaches.filter(({ milliseconds }) => milliseconds <= slowest);
  // The quickest tests first within a file is vitest's to say; a slow test is asked about nothing.
  const ids = new Set(chosen.map(({ mutant }) => mutant.id));
  const asked = quick.map((reach) => ({ ...reach, mutants: reach.mutants.filter((id) => ids.has(id)) }));
  writeFileSync(reachFile, `${asked.map((reach) => JSON.stringify(reach)).join('\n')}\n`);
  console.log(
    `${chosen.length} mutants of ${allMutants.length}${values.sample === undefined ? '' : `, seed ${seed}`}, ${quick.length} tests; ${reaches.length - quick.length} take too long to be asked`,
  );
  for (const { name, passes } of reaches)
    if (!passes) console.log(`not asked, since it fails as it is: ${name}`);
  while (!(await vitest('kill')))
    writeFileSync(stateFile, `killed\t${currentMutant()}\thang\n`, { flag: 'a' });
  process.exitCode = report(new Set(quick.flatMap((reach) => reach.mutants)), killedMutants()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs the tests in a process of their own; false when a mutant has stopped it. */
async function vitest(phase: 'reach' | 'kill'): Promise<boolean> {
  const child = spawn(
    process.execPath,
    [join(checkout, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/mutants/vitest.config.ts'],
    {
      cwd: checkout,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        LVSTOP_MUTANTS: phase,
        LVSTOP_MUTANTS_FILES: files.join('\n'),
        LVSTOP_MUTANTS_TESTS: tests.join('\n'),
        LVSTOP_MUTANTS_REACH: reachFile,
        LVSTOP_MUTANTS_STATE: stateFile,
      },
    },
  );
  let said = '';
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-4000);
  });
  const watched = phase === 'reach' ? reachFile : stateFile;
  let size = -1;
  let isStopped = false;
  const watch = setInterval(() => {
    const now = statSync(watched).size;
    if (now === size && phase === 'kill' && now > 0) {
      isStopped = true;
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    }
    size = now;
  }, patience * 1000);
  await once(child, 'close');
  clearInterval(watch);
  if (phase === 'reach' && readFileSync(reachFile, 'utf8') === '') throw new Error(`no test ran: ${said}`);
  // A worker that has died is no failed test: vitest tells it on standard error.
  return phase === 'reach' || !(isStopped || /Worker (?:exited|forks emitted)|SIGSEGV|SIGABRT/.test(said));
}

function stateLines(): string[][] {
  return readFileSync(stateFile, 'utf8')
    .split('\n')
    .map((line) => line.split('\t'));
}

function killedMutants(): Set<string> {
  return new Set(stateLines().flatMap(([word, id = '']) => (word === 'killed' ? [id] : [])));
}

function currentMutant(): string {
  return stateLines().findLast(([word]) => word === 'try')?.[1] ?? '';
}

/** Prints what survived; true when enough were killed. */
function report(reached: ReadonlySet<string>, killed: ReadonlySet<string>): boolean {
  const share = (own: readonly Mutant[]) => own.filter(({ id }) => killed.has(id)).length / (own.length || 1);
  const line = (own: readonly Mutant[], name: string) =>
    `${(100 * share(own)).toFixed(0).padStart(3)} %  ${String(own.length).padStart(5)}  ${name}`;
  for (const [file, own] of mutants) {
    for (const { id, line: number, change } of own) {
      if (!killed.has(id))
        console.log(`${file}:${number}: ${change}${reached.has(id) ? '' : '  (no test comes there)'}`);
    }
  }
  console.log('\nkilled  of     file');
  for (const [file, own] of mutants) if (own.length > 0) console.log(line(own, file));
  const all = [...mutants.values()].flat();
  console.log(line(all, 'all'));
  return share(all) >= wanted;
}

function sourcesBelow(place: string): string[] {
  if (place.endsWith('.ts'))
    return filesBelow(place.replace(/[^/]+$/, ''), (name) => place.endsWith(`/${name}`));
  return filesBelow(place, (name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'));
}

function testsBelow(place: string): string[] {
  return filesBelow(place, (name) => /\.test\.tsx?$/.test(name));
}

function filesBelow(place: string, isWanted: (name: string) => boolean): string[] {
  try {
    return readdirSync(join(checkout, place), { recursive: true, encoding: 'utf8' })
      .filter(isWanted)
      .map((name) => join(place, name))
      .sort();
  } catch {
    return [];
  }
}
