import type { Evidence, PublicEvidence } from '../evidence/evidence.ts';
import type { Finding } from '../finding.ts';

/** One thing that the doctor looks for. Each stands in a file of its own in `checks/`. */
export type Check = PublicCheck | PrivilegedCheck;

interface CheckFacts {
  /** Short, and never changed: findings, `--json` and the documentation use it. */
  readonly id: string;
  /** What it looks for, one line. */
  readonly title: string;
  /** What the check rests on: the LVS project's own documents, the kernel (with file), or practice. */
  readonly restsOn: readonly string[];
  /**
   * Whether findings about one service depend on no other service. Then a large table can be examined in parts:
   * `find` is called for groups of services, one after another. A finding about the director is still told only once.
   */
  readonly byService: boolean;
}

/** A check that needs no special rights. */
export interface PublicCheck extends CheckFacts {
  readonly needsRight?: undefined;
  /** The findings; none on a healthy director. */
  readonly find: (evidence: PublicEvidence) => readonly Finding[];
}

/** A check that cannot be made without CAP_NET_ADMIN. */
export interface PrivilegedCheck extends CheckFacts {
  /** What it reads that needs CAP_NET_ADMIN, in a few words. */
  readonly needsRight: string;
  /** The findings; none on a healthy director. */
  readonly find: (evidence: Evidence) => readonly Finding[];
}
