/** What vitest's JSON report says of a run, and the sum of several. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Test cases that passed and failed; what broke without a failed case counts as one failed. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What went wrong at least once. */
  readonly stumbles: readonly Stumble[];
}

/** A test that failed, or did so at its first attempt only, or what kept tests from running. */
export interface Stumble {
  /** The test's file and names, or what broke. */
  readonly name: string;
  readonly passedAfterwards: boolean;
  /** What each attempt that failed said. */
  readonly messages: readonly string[];
}

/** What is read of vitest's JSON report. */
interface Report {
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** Lines of a message that are told again at the end; all of it stands where the test ran. */
const MESSAGE_LINES = 8;

/** Options that make vitest print what it does and leave a report in `file`. */
export function reportTo(file: string): string[] {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
}

/** Says what broke without a failed test, and counts it as one. */
export function broken(name: string): Outcome {
  console.log(name);
  return { passed: 0, failed: 1, stumbles: [{ name, passedAfterwards: false, messages: [] }] };
}

/** Reads the report that a run left, which ended with `exitCode`. `name` is what is said when there is none. */
export function readReport(name: string, exitCode: number, file: string): Outcome {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return broken(`${name}: ended with ${exitCode} and without a report`);
  }
  const stumbles = stumblesOf(report);
  const failed = stumbles.filter(({ passedAfterwards }) => !passedAfterwards).length;
  const ran = { passed: report.numPassedTests, failed, stumbles };
  return failed === 0 && exitCode !== 0
    ? sumOf([ran, broken(`${name}: ended with ${exitCode}, though no test failed`)])
    : ran;
}

function stumblesOf({ testResults }: Report): Stumble[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const stumbles = assertionResults
      // A test that passed at a later attempt still has the words of those before.
      .filter((test) => test.status === 'failed' || test.failureMessages.length > 0)
      .map((test) => ({
        name: `${file}: ${test.fullName}`,
        passedAfterwards: test.status === 'passed',
        messages: test.failureMessages,
      }));
    const isBroken = status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
    return isBroken ? [...stumbles, { name: file, passedAfterwards: false, messages: [message] }] : stumbles;
  });
}

/** The sum of all outcomes. */
export function sumOf(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
    stumbles: outcomes.flatMap(({ stumbles }) => stumbles),
  };
}

/** Lines that tell at the end what went wrong, so that a long output need not be searched; none where nothing did. */
export function stumbleLines(stumbles: readonly Stumble[]): string[] {
  const told = (title: string, some: readonly Stumble[]) =>
    some.length === 0 ? [] : ['', title, ...some.flatMap(linesOf)];
  return [
    ...told(
      'passed at the second attempt only:',
      stumbles.filter(({ passedAfterwards }) => passedAfterwards),
    ),
    ...told(
      'failed:',
      stumbles.filter(({ passedAfterwards }) => !passedAfterwards),
    ),
  ];
}

function linesOf({ name, messages }: Stumble): string[] {
  return [
    `  ${name}`,
    ...messages.flatMap((message) =>
      message
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.includes('node_modules'))
        .slice(0, MESSAGE_LINES)
        .map((line) => `    ${line}`),
    ),
  ];
}
