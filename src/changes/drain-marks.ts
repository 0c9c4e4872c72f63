import { allRealServers, type Director } from '../director/director.ts';
import { ipvsadmLines } from '../formats/ipvsadm.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import { allAtOnce } from '../system/turns.ts';
import type { DrainMark, DrainOrder } from './drain.ts';
import type { Journal } from './journal/journal.ts';
import { findRealServer } from './table-state.ts';

/** Marks of real servers whose drains begin now, in their order; `null` for those that cannot be read. */
export function drainMarks(
  director: Director,
  journal: Journal | undefined,
  orders: readonly DrainOrder[],
): (DrainMark | null)[] {
  const change = newestChange(journal);
  const services = new Map<string, ReadonlyMap<string, RealServer>>();
  try {
    return orders.map(({ service, realServer }) => {
      const key = formatService(service);
      const rows = services.get(key) ?? realServersOf(director, service);
      services.set(key, rows);
      const found =
        rows.get(formatRealServer(realServer)) ?? findRealServer(director, service, realServer)?.realServer;
      return found === undefined
        ? null
        : { line: ipvsadmLines.addRealServer(service, found), connections: null, change };
    });
  } catch (error) {
    if (error instanceof IpvsError) return orders.map(() => null);
    throw error;
  }
}

function realServersOf(director: Director, service: ServiceIdentity): ReadonlyMap<string, RealServer> {
  return new Map(
    allRealServers(director, service).map(({ realServer }) => [
      formatRealServer(realServer.identity),
      realServer,
    ]),
  );
}

function newestChange(journal: Journal | undefined): string | null {
  if (journal === undefined) return '';
  const { changes, problem } = allAtOnce(journal.read(1));
  return problem === null ? (changes[0]?.id ?? '') : null;
}
