import type { Severity } from '../forwarding/diagnosis.ts';
import type { Check } from './check.ts';
import { checks as allChecks } from './checks.ts';
import type { Evidence } from './evidence.ts';
import { type Finding, subjectKey } from './finding.ts';

/** What all checks find, the gravest first, then the director, services and real servers in their order. */
export function examine(evidence: Evidence, checks: readonly Check[] = allChecks): Finding[] {
  return ordered(
    checks.flatMap((check) => check.find(evidence)),
    evidence,
  );
}

/** The same with a turn for the event loop between one check and the next. */
export async function examineInTurns(
  evidence: Evidence,
  turn: () => Promise<void>,
  checks: readonly Check[] = allChecks,
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const check of checks) {
    found.push(...check.find(evidence));
    await turn();
  }
  return ordered(found, evidence);
}

const severities: Readonly<Record<Severity, number>> = { error: 0, warning: 1, hint: 2 };

function ordered(findings: readonly Finding[], { services }: Evidence): Finding[] {
  if (findings.length < 2) return [...findings];
  // The services come in their order; comparing addresses would cost as much as all checks together.
  const places = new Map<string, number>();
  for (const { key, realServers } of services) {
    places.set(key, places.size);
    for (const realServer of realServers) places.set(realServer.key, places.size);
  }
  return findings
    .map((finding) => ({
      finding,
      severity: severities[finding.severity],
      place: places.get(subjectKey(finding.subject) ?? '') ?? -1,
    }))
    .sort((left, right) => left.severity - right.severity || left.place - right.place)
    .map(({ finding }) => finding);
}
