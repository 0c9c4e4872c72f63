import type { Severity } from '../../forwarding/diagnosis.ts';
import { formatService, type RowKey, type ServiceKey } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import { type Finding, isSameFinding, subjectKey } from '../finding.ts';
import { withoutDone } from '../judgement/advised-settings.ts';
import type { Check, PrivilegedCheck, PublicCheck } from '../judgement/check.ts';
import { checks as allChecks } from './checks.ts';

/** The checks that need no special rights. */
export const publicChecks: readonly PublicCheck[] = allChecks.filter(
  (check) => check.needsRight === undefined,
);

/** The checks that need CAP_NET_ADMIN. */
export const privilegedChecks: readonly PrivilegedCheck[] = allChecks.filter(
  (check) => check.needsRight !== undefined,
);

/** A check that takes this kind of evidence. */
interface CheckOf<Kind extends PublicEvidence> extends Pick<Check, 'byService'> {
  readonly find: (evidence: Kind) => readonly Finding[];
}

/**
 * Runs checks and gives their findings: the gravest first, then the director, services and real servers in the order
 * of the table.
 */
export function* examine<Kind extends PublicEvidence>(
  evidence: Kind,
  checks: readonly CheckOf<Kind>[],
): Work<Finding[]> {
  const parts = yield* partsOf(evidence);
  const found: Finding[] = [];
  for (const check of checks) {
    for (const part of check.byService ? parts : [evidence]) {
      found.push(...check.find(part).map((finding) => withoutDone(finding, evidence)));
      yield;
    }
  }
  return yield* inOrder(found, evidence);
}

/** Rows of a part: few enough for one check to take well under a millisecond. */
const rowsOfPart = 128;

/** The evidence cut into groups of services; a service is never split. */
function* partsOf<Kind extends PublicEvidence>(evidence: Kind): Work<Kind[]> {
  const parts: Kind[] = [];
  let services: Kind['services'][number][] = [];
  let rows = 0;
  for (const service of evidence.services) {
    services.push(service);
    const own = 1 + service.realServers.length;
    rows += own;
    yield own;
    if (rows < rowsOfPart) continue;
    parts.push({ ...evidence, services });
    services = [];
    rows = 0;
  }
  return services.length === 0 ? parts : [...parts, { ...evidence, services }];
}

/**
 * The findings by severity, then in the order of the table, which the evidence has: comparing addresses would cost as
 * much as all checks together.
 */
function* inOrder(found: readonly Finding[], { services }: PublicEvidence): Work<Finding[]> {
  if (found.length < 2) return [...found];
  const concerned = new Set<ServiceKey>();
  for (const { subject } of found) {
    if (subject.kind !== 'director') concerned.add(formatService(subject.service));
  }
  const places = new Map<RowKey | null, number>([[null, 0]]);
  for (const { key, realServers } of services) {
    yield 1;
    if (!concerned.has(key)) continue;
    places.set(key, places.size);
    for (const realServer of realServers) places.set(realServer.key, places.size);
  }
  const piles: Readonly<Record<Severity, Finding[][]>> = { error: [], warning: [], hint: [] };
  for (const finding of found) {
    yield 1;
    const pile = piles[finding.severity];
    const place = places.get(subjectKey(finding.subject)) ?? places.size;
    pile[place] ??= [];
    // The same fault of the director, found through several real servers, is told once.
    if (place === 0 && pile[place].some((other) => isSameFinding(other, finding))) continue;
    pile[place].push(finding);
  }
  // Places without a finding are holes, which flat() leaves out.
  return [piles.error, piles.warning, piles.hint].flatMap((pile) => pile.flat());
}
