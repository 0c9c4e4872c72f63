import type { Connections } from './view.ts';

/** Sums of the connections of all rows. */
export function sumConnections(rows: readonly { readonly connections: Connections }[]): Connections {
  let active = 0;
  let inactive = 0;
  let persistent = 0;
  for (const { connections } of rows) {
    active += connections.active;
    inactive += connections.inactive;
    persistent += connections.persistent;
  }
  return { active, inactive, persistent };
}
