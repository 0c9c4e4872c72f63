import { notSaved } from '../../doctor/checks/not-saved.ts';
import { type Finding, subjectKey } from '../../doctor/finding.ts';
import { severitySigns } from '../../doctor/rounds/finding-text.ts';
import type { Severity } from '../../forwarding/diagnosis.ts';
import { type RowKey, type ServiceKey, serviceKeyIn } from '../../ipvs/identity.ts';
import type { StyleRole } from '../kit/theme.ts';
import type { Row } from './row.ts';

/** How each severity looks. */
export const severityRoles: Readonly<Record<Severity, StyleRole>> = {
  error: 'error',
  warning: 'warning',
  hint: 'dim',
};

/** The gravest finding of each row, hints aside, which would be on every other row. */
export interface FindingMarks {
  /** By the key of a service or real server. */
  readonly own: ReadonlyMap<RowKey, Severity>;
  /** By the key of a service: the gravest finding of its real servers. */
  readonly within: ReadonlyMap<ServiceKey, Severity>;
  /**
   * Number of errors and warnings, about rows or not; a table that is not saved is not counted, since it has a sign of
   * its own.
   */
  readonly count: number;
  /** The gravest of the findings counted; `null` when there are none. */
  readonly gravest: Severity | null;
}

/** The marks of a table without findings. */
export const noMarks: FindingMarks = { own: new Map(), within: new Map(), count: 0, gravest: null };

/** The rows that findings concern. `findings` has to have the gravest first. */
export function findingMarks(findings: readonly Finding[]): FindingMarks {
  const own = new Map<RowKey, Severity>();
  const within = new Map<ServiceKey, Severity>();
  let count = 0;
  let gravest: Severity | null = null;
  for (const { subject, severity, check } of findings) {
    if (severity === 'hint') break;
    if (check !== notSaved.id) {
      count++;
      gravest ??= severity;
    }
    const key = subjectKey(subject);
    if (key === null) continue;
    if (!own.has(key)) own.set(key, severity);
    if (subject.kind !== 'real server') continue;
    const service = serviceKeyIn(key);
    if (!within.has(service)) within.set(service, severity);
  }
  return { own, within, count, gravest };
}

/** The sign beside a row; a closed service stands for its real servers, too. `undefined` for none. */
export function markOf(
  { own, within }: FindingMarks,
  row: Row,
): { readonly sign: string; readonly role: StyleRole } | undefined {
  const inside = row.kind === 'service' && !row.open ? within.get(row.key) : undefined;
  const severity = inside === 'error' ? inside : (own.get(row.key) ?? inside);
  return severity === undefined
    ? undefined
    : { sign: severitySigns[severity], role: severityRoles[severity] };
}

/** The findings about a row, and about the real servers of a service. */
export function findingsOfRow(findings: readonly Finding[], row: Row): Finding[] {
  return findings.filter(({ subject }) => {
    const key = subjectKey(subject);
    if (key === null || key === row.key) return key !== null;
    return row.kind === 'service' && subject.kind === 'real server' && serviceKeyIn(key) === row.key;
  });
}
