import type { PublicConnections } from './view.ts';

/** Sums of the connections of all rows; what one does not tell is not told of all. */
export function sumConnections(
  rows: readonly { readonly connections: PublicConnections }[],
): PublicConnections {
  let active = 0;
  let inactive = 0;
  let persistent: number | null = 0;
  for (const { connections } of rows) {
    active += connections.active;
    inactive += connections.inactive;
    persistent =
      persistent === null || connections.persistent === null ? null : persistent + connections.persistent;
  }
  return { active, inactive, persistent };
}
