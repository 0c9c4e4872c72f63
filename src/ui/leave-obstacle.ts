import type { HeldTable } from '../fleet/held-tables.ts';
import { visible } from '../ipvs/visible.ts';
import { inNetworkNamespace } from '../system/network-namespace.ts';
import type { Controller } from './controller.ts';

/** Why a screen cannot be left that is still changing the table. */
export const notWhileBusy = 'not while a change or a drain goes on, or a weight is raised in steps';

/** Why lvstop cannot go to another table; `null` where it can. */
export function obstacleTo(
  { word, file }: Pick<HeldTable, 'word' | 'file'>,
  controller: Pick<Controller, 'isBusy'>,
): string | null {
  if (controller.isBusy) return notWhileBusy;
  try {
    inNetworkNamespace(file, () => undefined);
    return null;
  } catch {
    return `the network namespace ${visible(word)} cannot be entered: that takes CAP_SYS_ADMIN, and that it is still there`;
  }
}
