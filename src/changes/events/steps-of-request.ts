import type { Timeouts } from '../../ipvs/director-info.ts';
import { formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import type { TableRequest } from '../../ipvs/table-request.ts';
import { timeoutNames } from '../../ipvs/timeouts.ts';
import type { Work } from '../../system/turns.ts';
import { realServerKind, serviceKind, timeoutsKind } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import type { KnownTable } from './known-table.ts';

/** The time-outs and sync daemons of a director, as far as they are known. */
export interface KnownSettings {
  timeouts: Timeouts | null;
  readonly syncDaemons: Map<SyncDaemon['state'], SyncDaemon>;
}

/**
 * What a successful request changed, with what was before. Empty where nothing changed, or what was before is
 * unknown.
 */
export function* stepsOfRequest(
  request: TableRequest,
  known: KnownTable,
  settings: KnownSettings,
): Work<readonly Step[]> {
  switch (request.kind) {
    case 'add service':
      return [{ kind: 'add service', after: request.service }];
    case 'set service': {
      const before = known.service(formatService(request.service.identity));
      if (before === undefined || serviceKind.isSame(before, request.service)) return [];
      return [{ kind: 'set service', before, after: request.service }];
    }
    case 'delete service':
      return deletionOf(request.identity, known);
    case 'flush': {
      const steps: Step[] = [];
      for (const key of known.services()) {
        const service = known.service(key);
        if (service !== undefined) steps.push(...deletionOf(service.identity, known));
        yield 1;
      }
      return steps;
    }
    case 'add real server':
      return [{ kind: 'add real server', service: request.identity, after: request.realServer }];
    case 'set real server': {
      const { identity: service, realServer: after } = request;
      const before = known.realServer(formatService(service), after.identity)?.realServer;
      if (before === undefined || realServerKind.isSame(before, after)) return [];
      return [{ kind: 'set real server', service, before, after }];
    }
    case 'delete real server': {
      const { identity: service, realServer } = request;
      const state = known.realServer(formatService(service), realServer);
      if (state === undefined) return [];
      const { realServer: before, active, inactive } = state;
      return [{ kind: 'delete real server', service, before, connections: { active, inactive } }];
    }
    case 'zero':
      return [{ kind: 'zero', service: request.identity }];
    case 'set time-outs': {
      const before = settings.timeouts;
      if (before === null) return [];
      const after = { ...before };
      // The kernel leaves a time-out unchanged where the request has 0.
      for (const { field } of timeoutNames) after[field] = request.timeouts[field] || before[field];
      settings.timeouts = after;
      return timeoutsKind.isSame(before, after) ? [] : [{ kind: 'set time-outs', before, after }];
    }
    case 'start sync daemon':
      settings.syncDaemons.set(request.daemon.state, request.daemon);
      return [{ kind: 'start sync daemon', after: request.daemon }];
    case 'stop sync daemon': {
      const before = settings.syncDaemons.get(request.state);
      settings.syncDaemons.delete(request.state);
      return before === undefined ? [] : [{ kind: 'stop sync daemon', before }];
    }
  }
}

function deletionOf(identity: ServiceIdentity, known: KnownTable): Step[] {
  const key = formatService(identity);
  const before = known.service(key);
  return before === undefined
    ? []
    : [{ kind: 'delete service', before, realServers: known.realServers(key) }];
}
