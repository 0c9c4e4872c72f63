import { type Finding, formatSubject } from '../doctor/finding.ts';
import type { StoodFinding } from './report.ts';

const severities = ['error', 'warning', 'hint'];

/** Keeps what the doctor found, and from when to when each finding stood. */
export class StoodFindings {
  readonly #found = new Map<string, { finding: Finding; readonly first: number; last: number }>();
  #last = 0;

  /** Takes what was found by that time, milliseconds since the epoch. */
  take(findings: readonly Finding[], time: number): void {
    this.#last = time;
    for (const finding of findings) this.#keep(finding, time);
  }

  #keep(finding: Finding, time: number): void {
    const name = `${finding.check} ${formatSubject(finding.subject)}`;
    const known = this.#found.get(name);
    if (known === undefined) this.#found.set(name, { finding, first: time, last: time });
    else {
      known.finding = finding;
      known.last = time;
    }
  }

  /** The gravest first, of those the oldest. */
  findings(): StoodFinding[] {
    return Array.from(this.#found.values(), (one) => ({ ...one, stands: one.last === this.#last })).sort(
      (left, right) =>
        severities.indexOf(left.finding.severity) - severities.indexOf(right.finding.severity) ||
        left.first - right.first,
    );
  }
}
