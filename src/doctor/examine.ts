import type { Severity } from '../forwarding/diagnosis.ts';
import { type SweepPace, Turns } from '../sampling/turns.ts';
import type { ServiceView } from '../sampling/view.ts';
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

/** The same in parts, between which the event loop has its turn. */
export async function examineInTurns(
  evidence: Evidence,
  pace: SweepPace,
  checks: readonly Check[] = allChecks,
): Promise<Finding[]> {
  const turns = new Turns(pace);
  const parts = partsOf(evidence);
  const found: Finding[] = [];
  for (const check of checks) {
    for (const part of check.byService ? parts : [evidence]) {
      found.push(...check.find(part));
      turns.look();
      if (turns.isDue(0)) await turns.take();
    }
  }
  return ordered(found, evidence);
}

/** Rows of a part, so few that one check is through with them in well under a millisecond. */
const rowsOfPart = 256;

/** The evidence with some services after others; a service is never parted. */
function partsOf(evidence: Evidence): Evidence[] {
  const parts: Evidence[] = [];
  let services: ServiceView[] = [];
  let rows = 0;
  for (const service of evidence.services) {
    services.push(service);
    rows += 1 + service.realServers.length;
    if (rows < rowsOfPart) continue;
    parts.push({ ...evidence, services });
    services = [];
    rows = 0;
  }
  return services.length === 0 ? parts : [...parts, { ...evidence, services }];
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
