import { formatRealServer, formatService } from '../ipvs/identity.ts';
import type { Finding, Subject } from './finding.ts';

/** A finding as `lvstop doctor --json` has it. */
export function jsonFinding({ check, severity, subject, lookedAt, found, matters, mend }: Finding) {
  return { check, severity, ...jsonSubject(subject), lookedAt, found, matters, mend };
}

function jsonSubject(subject: Subject) {
  return {
    subject: subject.kind,
    service: subject.kind === 'director' ? null : formatService(subject.service),
    realServer: subject.kind === 'real server' ? formatRealServer(subject.realServer) : null,
  };
}
