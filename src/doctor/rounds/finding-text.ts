import { type Remedy, type Severity, shellWord } from '../../forwarding/diagnosis.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { EnteredNamespace } from '../../system/network-namespace.ts';
import type { Finding, Subject } from '../finding.ts';
import { checks } from './checks.ts';

/** The sign shown for each severity, the gravest first. */
export const severitySigns: Readonly<Record<Severity, string>> = { error: '✗', warning: '▲', hint: '·' };

/** A piece of a finding as it is printed: text may be wrapped, a command never is. */
export interface FindingLine {
  readonly kind: 'text' | 'command';
  /** What the piece is about; empty where it continues the one before. */
  readonly label: string;
  readonly text: string;
}

/**
 * All of a finding except its subject: what was looked for, what was seen, why it matters and how to mend it. If a
 * network namespace was entered, it is said that commands for the director must be typed in it.
 */
export function findingLines(finding: Finding, namespace: EnteredNamespace | null): FindingLine[] {
  const title = checks.find(({ id }) => id === finding.check)?.title ?? finding.check;
  return [
    { kind: 'text', label: 'what', text: `${title} (${finding.check})` },
    { kind: 'text', label: 'looked at', text: finding.lookedAt },
    { kind: 'text', label: 'found', text: finding.found },
    { kind: 'text', label: 'matters', text: finding.matters },
    ...finding.mend.flatMap((remedy, place) => remedyLines(remedy, place, namespace)),
  ];
}

function remedyLines(
  { on, kind, text, price }: Remedy,
  place: number,
  namespace: EnteredNamespace | null,
): FindingLine[] {
  const shell =
    namespace === null
      ? ''
      : `, in a shell of its network namespace, "nsenter --net=${shellWord(namespace.file)} sh"`;
  const label = place === 0 ? 'to mend' : '';
  if (kind === 'advice') {
    return [{ kind: 'text', label, text: on === 'director' ? text : `on ${on}: ${text}` }];
  }
  return [
    { kind: 'text', label, text: on === 'director' ? `type on the director${shell}:` : `type on ${on}:` },
    { kind: 'command', label: '', text },
    ...(price === undefined ? [] : [{ kind: 'text', label: 'its price', text: price } as const]),
  ];
}

/** `2 errors, 1 warning, 3 hints`; `nothing found` when there are none. */
export function countFindings(findings: readonly Finding[]): string {
  const parts = (['error', 'warning', 'hint'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`];
  });
  return parts.length === 0 ? 'nothing found' : parts.join(', ');
}

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
