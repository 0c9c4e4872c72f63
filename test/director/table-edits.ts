import { allServices, type Director, mostWrites } from '../../src/director/director.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../src/ipvs/identity.ts';
import type { RealServer } from '../../src/ipvs/real-server.ts';
import type { Service } from '../../src/ipvs/service.ts';
import type { TableWrite } from '../../src/ipvs/table-write.ts';

/* Single edits of a director's table. Each throws why it was refused. */

/** Adds a service. */
export function addService(director: Director, service: Service): void {
  writeAll(director, { operation: 'add service', service });
}

/** Replaces all that is set of a service. */
export function setService(director: Director, service: Service): void {
  writeAll(director, { operation: 'edit service', service });
}

/** Deletes a service with its real servers. */
export function deleteService(director: Director, identity: ServiceIdentity): void {
  writeAll(director, { operation: 'delete service', identity });
}

/** Adds a real server to a service. */
export function addRealServer(director: Director, identity: ServiceIdentity, realServer: RealServer): void {
  writeAll(director, { operation: 'add real server', identity, realServer });
}

/** Replaces all that is set of a real server. */
export function setRealServer(director: Director, identity: ServiceIdentity, realServer: RealServer): void {
  writeAll(director, { operation: 'edit real server', identity, realServer });
}

/** Deletes a real server of a service. */
export function deleteRealServer(
  director: Director,
  identity: ServiceIdentity,
  realServer: RealServerIdentity,
): void {
  writeAll(director, { operation: 'delete real server', identity, realServer: { identity: realServer } });
}

/** Deletes every service. */
export function deleteAllServices(director: Director): void {
  writeAll(
    director,
    ...allServices(director).map(
      ({ service: { identity } }): TableWrite => ({ operation: 'delete service', identity }),
    ),
  );
}

function writeAll(director: Director, ...writes: readonly TableWrite[]): void {
  for (let first = 0; first < writes.length; first += mostWrites) {
    const { refusals } = director.write(writes.slice(first, first + mostWrites));
    for (const refusal of refusals) if (refusal !== null) throw refusal;
  }
}
