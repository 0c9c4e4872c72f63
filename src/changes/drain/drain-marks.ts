import { allRealServers, type Director } from '../../director/director.ts';
import { ipvsadmLines } from '../../formats/ipvsadm/ipvsadm.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, formatService, type ServiceKey } from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { Journal } from '../journal/journal.ts';
import { type Picture, servicePicture } from '../steps/objects.ts';
import { findRealServer } from '../steps/table-state.ts';
import type { DrainMark, DrainOrder } from './drain.ts';

/** Marks of real servers whose drains begin now, in the order of `orders`; `null` for those that cannot be read. */
export function drainMarks(
  director: Director,
  journal: Journal | undefined,
  orders: readonly DrainOrder[],
): (DrainMark | null)[] {
  const change = newestChange(journal);
  const services = new Map<ServiceKey, Picture>();
  try {
    return orders.map(({ service, realServer }) => {
      const key = formatService(service);
      const picture = services.get(key) ?? servicePicture({ realServers: allRealServers(director, service) });
      services.set(key, picture);
      const found =
        picture.realServers.get(formatRealServer(realServer)) ??
        findRealServer(director, service, realServer);
      if (found === undefined) return null;
      return { line: ipvsadmLines.addRealServer(service, found.realServer), connections: null, change };
    });
  } catch (error) {
    if (error instanceof IpvsError) return orders.map(() => null);
    throw error;
  }
}

function newestChange(journal: Journal | undefined): string | null {
  if (journal === undefined) return '';
  const { changes, problem } = allAtOnce(journal.read(1));
  return problem === null ? (changes[0]?.id ?? '') : null;
}
