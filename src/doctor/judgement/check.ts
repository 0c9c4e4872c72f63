import type { Evidence, PublicEvidence } from '../evidence/evidence.ts';
import type { Finding } from '../finding.ts';

/** One thing that the doctor looks for. Each stands in a file of its own in `checks/`. */
export type Check = PublicCheck | PrivilegedCheck;

interface CheckFacts {
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
}

/** A check that goes by what everybody may read. */
export interface PublicCheck extends CheckFacts {
  readonly needsRight?: undefined;
  /** What it found; nothing on a healthy director. */
  readonly find: (evidence: PublicEvidence) => readonly Finding[];
}

/** A check that cannot be made without CAP_NET_ADMIN. */
export interface PrivilegedCheck extends CheckFacts {
  /** What it goes by that only those with the right may read, in a few words. */
  readonly needsRight: string;
  /** As above. */
  readonly find: (evidence: Evidence) => readonly Finding[];
}
