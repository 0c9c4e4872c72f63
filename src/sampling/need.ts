/**
 * Whose real servers somebody looks at: these are read in each tick, those of the other services in turn.
 * Services are told by their keys in the view.
 */
export type Need =
  | { readonly kind: 'all' }
  | { readonly kind: 'services'; readonly keys: ReadonlySet<string> };

/** The table as a whole, as `watch` prints it. */
export const everything: Need = { kind: 'all' };

/** Whether the service of that key is among them. */
export function isNeeded(need: Need, key: string): boolean {
  return need.kind === 'all' || need.keys.has(key);
}

/** What is needed, and these services as well. */
export function withServices(need: Need, keys: Iterable<string>): Need {
  return need.kind === 'all' ? need : { kind: 'services', keys: new Set([...need.keys, ...keys]) };
}
