import type { FleetDirector } from './fleet-director.ts';

/** How what is set in a table compares with its partner's. */
export type Alikeness =
  | 'equal'
  | 'different'
  /** One of the two does not answer now, or not all of its table may be read. */
  | 'unknown';

/** How a director compares with its partner; `null` where it has none. */
export function alikeness(
  { partner, ...own }: FleetDirector,
  directors: ReadonlyMap<string, FleetDirector>,
): Alikeness | null {
  if (partner === null) return null;
  const other = directors.get(partner);
  const [left, right] = [hashNow(own), other === undefined ? null : hashNow(other)];
  if (left === null || right === null) return 'unknown';
  return left === right ? 'equal' : 'different';
}

/** The hash of what is set now; `null` where the director is silent or lost, since its last hash may be out of date. */
function hashNow({ contact, reading }: Pick<FleetDirector, 'contact' | 'reading'>): number | null {
  return contact.kind !== 'answers' || reading === null || reading.state === 'lost'
    ? null
    : reading.configurationHash;
}

/** Who makes a pair with whom, by the groups of the configuration: a group of exactly two hosts is one. */
export function pairsOfGroups(groups: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, string> {
  const partners = new Map<string, string>();
  for (const hosts of groups.values()) {
    const [one, other, ...more] = hosts;
    if (one === undefined || other === undefined || more.length > 0 || one === other) continue;
    partners.set(one, other);
    partners.set(other, one);
  }
  return partners;
}
