import type { ServiceKey } from '../ipvs/identity.ts';
/**
 * Whose real servers somebody looks at: these are read in each tick, those of the other services in turn.
 * Services are told by their keys in the view.
 */
export type Need =
  | { readonly kind: 'all' }
  | { readonly kind: 'services'; readonly keys: ReadonlySet<ServiceKey> };

/** The table as a whole, as `watch` prints it. */
export const everything: Need = { kind: 'all' };

/** Whether the service of that key is among them; no key is not. */
export function isNeeded(need: Need, key: ServiceKey | undefined): boolean {
  return need.kind === 'all' || (key !== undefined && need.keys.has(key));
}

/** What is needed, and these services as well. */
export function withServices(need: Need, keys: Iterable<ServiceKey>): Need {
  return need.kind === 'all' ? need : { kind: 'services', keys: new Set([...need.keys, ...keys]) };
}
