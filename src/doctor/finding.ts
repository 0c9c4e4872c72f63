import type { Diagnosis } from '../forwarding/diagnosis.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type RowKey,
  realServerKey,
  type ServiceIdentity,
} from '../ipvs/identity.ts';

/** What a finding is about: the director itself, a service, or a real server of a service. */
export type Subject =
  | { readonly kind: 'director' }
  | { readonly kind: 'service'; readonly service: ServiceIdentity }
  | {
      readonly kind: 'real server';
      readonly service: ServiceIdentity;
      readonly realServer: RealServerIdentity;
    };

/** One thing that a check found. */
export interface Finding extends Diagnosis {
  /** Id of the check, like `forwarding-off`. */
  readonly check: string;
  readonly subject: Subject;
}

/** A subject as the operator writes it: `director`, `tcp:203.0.113.10:80`, `10.0.0.21:8080 of tcp:203.0.113.10:80`. */
export function formatSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'director':
      return 'director';
    case 'service':
      return formatService(subject.service);
    case 'real server':
      return `${formatRealServer(subject.realServer)} of ${formatService(subject.service)}`;
  }
}

const keys = new WeakMap<Subject, RowKey>();

/** The key of the row that a subject has in a view; `null` for the director. */
export function subjectKey(subject: Subject): RowKey | null {
  if (subject.kind === 'director') return null;
  let key = keys.get(subject);
  if (key === undefined) {
    const { service } = subject;
    key = subject.kind === 'service' ? formatService(service) : realServerKey(service, subject.realServer);
    keys.set(subject, key);
  }
  return key;
}

/** Whether two findings say the same about the same subject, though perhaps at different times. */
export function isSameFinding(left: Finding, right: Finding): boolean {
  return (
    left.check === right.check &&
    left.lookedAt === right.lookedAt &&
    subjectKey(left.subject) === subjectKey(right.subject)
  );
}
