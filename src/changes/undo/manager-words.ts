import type { Origin } from '../journal/origin.ts';
import { keepsTable, tableKeepers } from '../journal/table-keepers.ts';

/** A sentence if the program that made a change is likely to make it again; `undefined` otherwise. */
export function managerWarning({ program }: Origin): string | undefined {
  const name = program?.of ?? program?.name ?? '';
  const when = keepsTable(name) ? tableKeepers[name] : undefined;
  return when && `${name} made this change and may make it again ${when}: change what it is configured to do`;
}
