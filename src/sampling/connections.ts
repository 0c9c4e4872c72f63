import type { PublicConnections } from './view.ts';

/** Sums the connections of all rows. `persistent` is `null` if it is for any row. */
export function sumConnections(rows: Iterable<PublicConnections>): PublicConnections {
  let active = 0;
  let inactive = 0;
  let persistent: number | null = 0;
  for (const row of rows) {
    active += row.active;
    inactive += row.inactive;
    persistent = persistent === null || row.persistent === null ? null : persistent + row.persistent;
  }
  return { active, inactive, persistent };
}
