import { ipvsadmLines, type SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import { formatRealServer, formatService, type ServiceKey } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';

/** A service or real server that differs between the saved and the running table, or that one of them lacks. */
export interface UnsavedChange {
  /** As the operator writes it: `tcp:203.0.113.10:80`, `10.0.0.21:8080 of tcp:203.0.113.10:80`. */
  readonly object: string;
  /** The saved `ipvsadm` line; `null` when the saved table lacks the object. */
  readonly saved: string | null;
  /** The line that saving would write; `null` when the running table lacks the object. */
  readonly running: string | null;
}

/**
 * What saving the running table would change in the saved one, service by service. The comparison is by meaning, and
 * by what an ipvsadm line can say, since no more can be saved; order does not matter.
 */
export function* unsavedChanges(
  saved: readonly SavedService[],
  running: readonly SavedService[],
): Work<UnsavedChange[]> {
  const left = byName(saved);
  const changes: UnsavedChange[] = [];
  for (const service of running) {
    const name = formatService(service.service.identity);
    changes.push(...unsavedChangesOfService(left.get(name), service));
    left.delete(name);
    yield service.realServers.length + 1;
  }
  for (const service of left.values()) {
    changes.push(...unsavedChangesOfService(service, undefined));
    yield service.realServers.length + 1;
  }
  return changes;
}

/** The lines that differ for one service and its real servers; `undefined` stands for a table without the service. */
export function unsavedChangesOfService(
  saved: SavedService | undefined,
  running: SavedService | undefined,
): UnsavedChange[] {
  const left = linesOf(saved);
  const changes: UnsavedChange[] = [];
  for (const [object, line] of linesOf(running)) {
    const before = left.get(object) ?? null;
    left.delete(object);
    if (before !== line) changes.push({ object, saved: before, running: line });
  }
  for (const [object, line] of left) changes.push({ object, saved: line, running: null });
  return changes;
}

/** Services by their names. */
export function byName(services: readonly SavedService[]): Map<ServiceKey, SavedService> {
  return new Map(services.map((service) => [formatService(service.service.identity), service]));
}

/** Each object's line by its name, the service before its real servers. */
function linesOf(saved: SavedService | undefined): Map<string, string> {
  if (saved === undefined) return new Map();
  const { service, realServers } = saved;
  const name = formatService(service.identity);
  return new Map([
    [name, ipvsadmLines.addService(service)],
    ...realServers.map((realServer): [string, string] => [
      `${formatRealServer(realServer.identity)} of ${name}`,
      ipvsadmLines.addRealServer(service.identity, realServer),
    ]),
  ]);
}
