import type { ServiceKey } from '../ipvs/identity.ts';
/**
 * The services whose real servers somebody looks at. These are read in each tick, those of other services in turn.
 * `keys` are the services' keys in the view.
 */
export type Need =
  | { readonly kind: 'all' }
  | { readonly kind: 'services'; readonly keys: ReadonlySet<ServiceKey> };

/** The whole table, as `watch` prints it. */
export const everything: Need = { kind: 'all' };

/** Whether the service with that key is needed; only by `all` if there is no key. */
export function isNeeded(need: Need, key: ServiceKey | undefined): boolean {
  return need.kind === 'all' || (key !== undefined && need.keys.has(key));
}

/** What is needed, with these services added. */
export function withServices(need: Need, keys: Iterable<ServiceKey>): Need {
  return need.kind === 'all' ? need : { kind: 'services', keys: new Set([...need.keys, ...keys]) };
}
