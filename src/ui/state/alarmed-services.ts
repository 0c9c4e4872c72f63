import { type Finding, subjectKey } from '../../doctor/finding.ts';
import { type ServiceKey, serviceKeyIn } from '../../ipvs/identity.ts';
import { realServerCount } from '../../sampling/service-view.ts';
import type { PublicServiceView } from '../../sampling/view.ts';

/**
 * Most rows that are read at every refresh because something is wrong with them: about as many as the usual budget
 * covers. Where more than that is wrong, so is most of the table, and it is read in turn within the budget.
 */
const mostRows = 500;

/**
 * Keys of the services that have an error or a warning, themselves or on one of their real servers: the gravest first,
 * as many as fit into `mostRows`. `findings` has the gravest first; hints do not count, since many healthy rows have
 * one.
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
