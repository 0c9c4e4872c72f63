import type { RealServerIdentity, ServiceIdentity } from '../ipvs/identity.ts';

/** What a finding is about: the director itself, a service, or a real server of a service. */
export type Subject =
  | { readonly kind: 'director' }
  | { readonly kind: 'service'; readonly service: ServiceIdentity }
  | {
      readonly kind: 'real server';
      readonly service: ServiceIdentity;
      readonly realServer: RealServerIdentity;
    };

/**
 * How much it matters:
 * - `error`: connections fail by it, now or as soon as they come;
 * - `warning`: they can fail, or a part of them does;
 * - `hint`: it may be meant so.
 */
export type Severity = 'error' | 'warning' | 'hint';

/** One thing that a check found. All texts are safe to show. */
export interface Finding {
  /** Id of the check, like `forwarding-off`. */
  readonly check: string;
  readonly severity: Severity;
  readonly subject: Subject;
  /** What was looked at, a path, a command or a number's name: `/proc/sys/net/ipv4/ip_forward`. */
  readonly lookedAt: string;
  /** What was found there, one clause. */
  readonly found: string;
  /** Why it matters, one sentence. */
  readonly matters: string;
  /** Commands that mend it, each to be typed as it stands, on the machine named; none where only advice is possible. */
  readonly mend: readonly Remedy[];
}

/** A command and where it belongs. */
export interface Remedy {
  /** `director`, or the address of a real server. */
  readonly on: string;
  /** A line for a shell, or advice in words. */
  readonly kind: 'command' | 'advice';
  readonly text: string;
}
