/**
 * `npm test`: every part of the tests, the lab's inside its guest, and the sum of all as the last line.
 *
 * usage: run.ts [unit|e2e|lab [VITEST-ARGUMENT…]]
 */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boot, checkout, LabUnavailable } from './lab/boot.ts';
import { bundle } from './lab/bundle.ts';

type Part = 'unit' | 'e2e' | 'lab';

/** Seconds that a part may take at most; together they usually take half of it. */
const TIME_LIMITS: Record<Part, number> = { unit: 240, e2e: 420, lab: 1500 };

interface Outcome {
  passed: number;
  failed: number;
}

/** What is read of vitest's JSON report. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

const VITEST = [process.execPath, join(checkout, 'node_modules/vitest/vitest.mjs')];

async function runPart(part: Part, extra: string[]): Promise<Outcome> {
  console.log(`\n== ${part} ==`);
  if (!hasTests(part)) {
    console.log(`${part}: no test file`);
    return part === 'e2e' ? { passed: 0, failed: 0 } : { passed: 0, failed: 1 };
  }
  const results = mkdtempSync(join(tmpdir(), 'lvstop-test-'));
  try {
    const file = join(results, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const command = [...VITEST, 'run', '--project', part, ...reporters, ...extra];
    const exitCode = part === 'lab' ? await inGuest(command, results) : onHost(command, TIME_LIMITS[part]);
    return exitCode === undefined ? { passed: 0, failed: 0 } : judge(part, exitCode, file);
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

function hasTests(part: Part): boolean {
  const names = (folder: string): string[] => {
    try {
      return readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' });
    } catch {
      return [];
    }
  };
  const isTest = (name: string) => /\.test\.tsx?$/.test(name);
  return part === 'unit'
    ? names('test').some((name) => isTest(name) && !/^(lab|e2e)\//.test(name))
    : names(`test/${part}`).some(isTest);
}

function onHost(command: string[], seconds: number): number {
  const [program = '', ...rest] = command;
  const options: SpawnSyncOptions = {
    cwd: checkout,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: seconds * 1000,
  };
  const { status, signal } = spawnSync(program, rest, { ...options, killSignal: 'SIGKILL' });
  if (signal) {
    console.log(`ended by ${signal} after at most ${seconds} s`);
  }
  return status ?? 124;
}

/** The exit code, or undefined when there is no lab here and none is required. */
async function inGuest(command: string[], results: string): Promise<number | undefined> {
  const colours = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
  try {
    const { exitCode, outcome, kernelLog } = await boot({
      command: ['test/lab/site/director.sh', 'network', ...command],
      env: { TERM: process.env.TERM ?? 'dumb', ...colours },
      memory: 1536,
      timeLimit: TIME_LIMITS.lab,
      writable: [results],
    });
    if (outcome !== 'exited') {
      console.log(`${kernelLog}\nlab: the guest ended before its tests did (${outcome})`);
    }
    return exitCode;
  } catch (error) {
    if (error instanceof LabUnavailable && process.env.LVSTOP_LAB !== 'required') {
      console.log(`\n*** LAB SKIPPED: nothing was tried on a real IPVS kernel. ${error.message} ***\n`);
      return undefined;
    }
    console.log(`lab: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

/** Counts test cases; what broke without a failed case, such as a file that cannot be read, counts as one each. */
function judge(part: Part, exitCode: number, file: string): Outcome {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.log(`${part}: ended with ${exitCode} and without a report`);
    return { passed: 0, failed: 1 };
  }
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
  const { numPassedTests: passed } = report;
  const failed = report.numFailedTests + brokenFiles;
  if (passed + failed === 0) {
    console.log(`${part}: no test ran`);
  }
  return { passed, failed: failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : failed };
}

function partsOf(word: string | undefined): Part[] {
  return word === 'unit' || word === 'e2e' || word === 'lab' ? [word] : ['unit', 'e2e', 'lab'];
}

const [word, ...extra] = process.argv.slice(2);
const sum: Outcome = { passed: 0, failed: 0 };
if (!bundle()) {
  console.log('lvstop could not be bundled: what starts it fails');
  sum.failed += 1;
}
for (const part of partsOf(word)) {
  const { passed, failed } = await runPart(part, extra);
  sum.passed += passed;
  sum.failed += failed;
}
console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed > 0 ? 1 : 0;
