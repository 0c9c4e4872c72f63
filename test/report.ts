/** What vitest's JSON report says of a run, and the sum of several. */
import { readFileSync } from 'node:fs';

/** Test cases that passed and failed; what broke without a failed case counts as one failed. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/** What is read of vitest's JSON report. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** Options that make vitest print what it does and leave a report in `file`. */
export function reportTo(file: string): string[] {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
}

/** Reads the report that a run left, which ended with `exitCode`. `name` is what is said when there is none. */
export function readReport(name: string, exitCode: number, file: string): Outcome {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.log(`${name}: ended with ${exitCode} and without a report`);
    return { passed: 0, failed: 1 };
  }
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** The sum of all outcomes. */
export function sumOf(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
  };
}
