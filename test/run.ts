/**
 * `npm test`: every part of the tests, the lab's inside its guests, and the sum of all as the last line.
 *
 * usage: run.ts [unit|fuzz|packaging|e2e|lab|faults [PART-OF-A-FILE'S-NAME…] [VITEST-OPTION…]]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from './lab/boot.ts';
import { bundle, bundleExecutable } from './lab/bundle.ts';
import { runInGuests } from './lab/suite.ts';
import { broken, type Outcome, readReport, reportTo, stumbleLines, sumOf } from './report.ts';

const PARTS = ['unit', 'fuzz', 'packaging', 'e2e', 'lab', 'faults'] as const;
type Part = (typeof PARTS)[number];

/** Seconds that the short part of the faults may take. */
const FAULTS_LIMIT = 1200;

/** Seconds that a part outside the lab may take at most; on a machine that does nothing else it takes a sixth of it. */
const TIME_LIMITS = { unit: 1200, fuzz: 1200, packaging: 1200, e2e: 1200 };
/** The vitest projects of those parts. */
const PROJECTS = {
  unit: ['unit', 'mocked', 'ui'],
  fuzz: ['fuzz'],
  packaging: ['packaging'],
  e2e: ['e2e'],
} as const;
const VITEST = [process.execPath, join(checkout, 'node_modules/vitest/vitest.mjs')];

/** A short part of `npm run test:faults`, on this machine; the lab's takes too long beside all else. */
function runFaults(): Outcome {
  console.log('\n== faults ==');
  const { stdout } = spawnSync(process.execPath, ['test/faults/run.ts', '--short'], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    timeout: FAULTS_LIMIT * 1000,
    killSignal: 'SIGTERM',
  });
  console.log(stdout);
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(stdout) ?? [];
  if (passed === undefined) return broken('faults: ended without a sum');
  const stumbles = stdout
    .split('\n')
    .filter((line) => line.startsWith('✗ '))
    .map((line) => ({ name: `faults: ${line.slice(2)}`, passedAfterwards: false, messages: [] }));
  return { passed: Number(passed), failed: Number(failed), stumbles };
}

async function runPart(part: Part, words: readonly string[], options: readonly string[]): Promise<Outcome> {
  if (part === 'faults') return runFaults();
  console.log(`\n== ${part} ==`);
  const files = filesOf(part).filter(
    (file) => words.length === 0 || words.some((word) => file.includes(word)),
  );
  if (files.length === 0) return broken(`${part}: no test file`);
  // The one file that starts it; it takes some seconds.
  if (files.includes('test/lab/executable.test.ts')) await bundleExecutable();
  const outcome =
    part === 'lab' ? await runInGuests(VITEST, files, options) : onHost(part, [...options, ...words]);
  if (outcome?.passed === 0 && outcome.failed === 0) return broken(`${part}: no test ran`);
  return outcome ?? sumOf([]);
}

/** The part's test files, below the checkout. */
function filesOf(part: Part): string[] {
  return readdirSync(join(checkout, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .filter((name) => partOf(name) === part)
    .map((name) => join('test', name));
}

function partOf(file: string): Part {
  if (file.startsWith('faults/fuzz/')) return 'fuzz';
  return (['packaging', 'e2e', 'lab'] as const).find((part) => file.startsWith(`${part}/`)) ?? 'unit';
}

function onHost(part: keyof typeof TIME_LIMITS, extra: readonly string[]): Outcome {
  const results = mkdtempSync(join(tmpdir(), 'lvstop-test-'));
  try {
    const report = join(results, 'report.json');
    const projects = PROJECTS[part].flatMap((name) => ['--project', name]);
    const [program = '', ...rest] = [...VITEST, 'run', ...projects, ...reportTo(report), ...extra];
    const { status, signal } = spawnSync(program, rest, {
      cwd: checkout,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: TIME_LIMITS[part] * 1000,
      killSignal: 'SIGKILL',
    });
    if (signal) {
      console.log(`ended by ${signal} after at most ${TIME_LIMITS[part]} s`);
    }
    return readReport(part, status ?? 124, report);
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

const [word, ...rest] = process.argv.slice(2);
const parts = PARTS.filter((part) => word === undefined || part === word);
const firstOption = rest.findIndex((argument) => argument.startsWith('-'));
const words = firstOption < 0 ? rest : rest.slice(0, firstOption);
const options = firstOption < 0 ? [] : rest.slice(firstOption);

const outcomes: Outcome[] = [];
if (parts.length === 0) {
  outcomes.push(broken(`"${word}" is no part of the tests; the parts are ${PARTS.join(', ')}`));
}
if (!bundle()) {
  outcomes.push(broken('lvstop could not be bundled: what starts it fails'));
}
for (const part of parts) {
  outcomes.push(await runPart(part, words, options));
}
const { passed, failed, stumbles } = sumOf(outcomes);
for (const line of stumbleLines(stumbles)) console.log(line);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
