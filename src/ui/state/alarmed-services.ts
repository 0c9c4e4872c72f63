import { type Finding, subjectKey } from '../../doctor/finding.ts';
import { type ServiceKey, serviceKeyIn } from '../../ipvs/identity.ts';
import { realServerCount } from '../../sampling/service-view.ts';
import type { PublicServiceView } from '../../sampling/view.ts';

/**
 * Rows that are read with each refresh because something is wrong with them, at the most: about as many as the usual
 * budget reads. Where more is wrong, most of the table is, and all of it has its turn within the budget.
 */
const mostRows = 500;

/**
 * Keys of the services that errors and warnings concern, or real servers of theirs, the gravest first, as long as
 * there is room for their rows. Findings come the gravest first; hints, which are on many healthy rows, count none.
 */
export function alarmedServices(
  findings: readonly Finding[],
  services: readonly PublicServiceView[],
): ReadonlySet<ServiceKey> {
  const rows = new Map(services.map((service) => [service.key, 1 + realServerCount(service)]));
  const alarmed = new Set<ServiceKey>();
  let room = mostRows;
  for (const { subject, severity } of findings) {
    if (severity === 'hint') break;
    const key = subjectKey(subject);
    if (key === null) continue;
    const service = serviceKeyIn(key);
    const needed = rows.get(service);
    if (needed === undefined || needed > room || alarmed.has(service)) continue;
    alarmed.add(service);
    room -= needed;
  }
  return alarmed;
}
