import type { Director } from '../../director/director.ts';
import type { Work } from '../../system/turns.ts';
import type { JournalledChange } from '../journal/journalled-change.ts';
import {
  type ObjectKind,
  type Picture,
  realServerKind,
  serviceKind,
  servicePicture,
  type Thing,
} from '../steps/objects.ts';
import { readServiceState } from '../steps/table-state.ts';
import { netEffect, type ObjectEffect } from './net-effect.ts';

/**
 * How the table stands to a change, whatever its record says: all its objects are as before it, all are as it was to
 * make them, or neither.
 */
export type Stand = 'before' | 'planned' | 'neither';

/**
 * Compares all services and real servers that a change touches with the table. Throws an `IpvsError` where they
 * cannot be read.
 */
export function* standOf(director: Director, { steps }: Pick<JournalledChange, 'steps'>): Work<Stand> {
  let isBefore = true;
  let isPlanned = true;
  const look = <Of extends Thing>(
    { before, after }: ObjectEffect<Of>,
    kind: ObjectKind<Of>,
    now: Of | undefined,
  ): void => {
    isBefore &&= isAs(kind, now, before);
    isPlanned &&= isAs(kind, now, after);
  };
  for (const { identity, service, realServers } of yield* netEffect(steps)) {
    const picture: Picture = servicePicture(readServiceState(director, identity));
    if (service !== null) look(service, serviceKind, picture.service);
    for (const [key, effect] of realServers)
      look(effect, realServerKind, picture.realServers.get(key)?.realServer);
    yield realServers.size + 1;
  }
  if (isBefore) return 'before';
  return isPlanned ? 'planned' : 'neither';
}

function isAs<Of extends Thing>(kind: ObjectKind<Of>, now: Of | undefined, wanted: Of | null): boolean {
  return now === undefined || wanted === null
    ? now === undefined && wanted === null
    : kind.isSame(now, wanted);
}
