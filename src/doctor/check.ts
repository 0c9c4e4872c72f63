import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';

/** One thing that the doctor looks for. Each stands in a file of its own in `checks/`. */
export interface Check {
  /** Short and lasting: findings, `--json` and the documentation name it. */
  readonly id: string;
  /** What it looks for, one line. */
  readonly title: string;
  /** What it rests on: the source text, the kernel (with file), or practice. */
  readonly restsOn: readonly string[];
  /**
   * What it finds of a service hangs on no other service, so that a large table can be examined in parts: `find` is
   * then called for some services after others. What it finds of the director is told once.
   */
  readonly byService: boolean;
  /** What it found; nothing on a healthy director. */
  readonly find: (evidence: Evidence) => readonly Finding[];
}
