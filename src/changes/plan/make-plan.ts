import type { Director } from '../../director/director.ts';
import { brokenModeRule, requireModeRules } from '../../forwarding/mode-rules.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import { changedRealServerFields } from '../../ipvs/changed-fields.ts';
import { editedService } from '../../ipvs/edited-service.ts';
import { IpvsError } from '../../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  type ServiceIdentity,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import { type RealServer, sameRealServerSettings } from '../../ipvs/real-server.ts';
import { type Service, type ServiceSettings, sameServiceSettings } from '../../ipvs/service.ts';
import { defaultTunnel } from '../../ipvs/tunnel.ts';
import { requireValidRealServer } from '../../ipvs/validation/real-server-checks.ts';
import { requireValidService } from '../../ipvs/validation/service-checks.ts';
import type { Work } from '../../system/turns.ts';
import { type Picture, realServersIn, servicePicture } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { draw, isSettingStep, realServerStep } from '../steps/step-kinds.ts';
import { findRealServer, type RealServerState, readServiceState } from '../steps/table-state.ts';
import { type Intention, intendedService } from './intention.ts';
import { judgedPlan, type PlanPart } from './judged-plan.ts';
import { switchMode } from './mode-switch.ts';
import type { Plan } from './plan.ts';
import { planSetting } from './plan-settings.ts';
import { refusals } from './refusals.ts';

/** The planning for one service: as it is, and as the intentions so far leave it. */
interface Planning extends PlanPart {
  readonly after: Picture;
  readonly steps: Step[];
}

/**
 * Plans intentions for the table as it is now: reads the objects concerned anew, changes only what was asked, and
 * orders the steps so that services stay up. Nothing is written. Each intention is planned on the table that those
 * before it leave, and the warnings look at the joint effect on a service: two real servers at weight 0 may be the
 * last two. With `network`, which has the routes to the addresses concerned (`addressesConcerned`), the plan warns of
 * what in the network speaks against it.
 *
 * Throws an `IpvsError`: `input` when a value or a rule of the forwarding modes speaks against it, `refused` when the
 * object does not exist (or, to be added, exists with other settings), `unreachable` when the director cannot be
 * read.
 */
export function* makePlan(
  director: Director,
  intentions: readonly Intention[],
  network?: NetworkFacts,
): Work<Plan> {
  const parts = new Map<ServiceKey | '', Planning>();
  for (const intention of intentions) {
    const identity = intendedService(intention);
    const key = identity === null ? '' : formatService(identity);
    const part = parts.get(key) ?? newPart(director, identity);
    if (!parts.has(key)) yield part.after.realServers.size + 1;
    parts.set(key, part);
    const steps = planSteps(director, intention, part.after);
    for (const step of steps) {
      part.steps.push(step);
      draw(part.after, step);
    }
    yield steps.length;
  }
  const steps = [...parts.values()].flatMap((part) => part.steps);
  return yield* judgedPlan(director, steps, parts.values(), network);
}

function newPart(director: Director, identity: ServiceIdentity | null): Planning {
  const before = identity === null ? undefined : readServiceState(director, identity);
  return { before, after: servicePicture(before), steps: [] };
}

function planSteps(director: Director, intention: Intention, before: Picture): Step[] {
  if (isSettingStep(intention)) return planSetting(director, intention);
  const { service } = before;
  if (intention.kind === 'add service') return addService(intention.service, service);
  if (intention.kind === 'zero' && intention.service === null) return [{ kind: 'zero', service: null }];
  if (service === undefined) {
    throw refusals.unknownService(
      intentionOperation(intention),
      intendedService(intention) as ServiceIdentity,
    );
  }
  switch (intention.kind) {
    case 'zero':
      return [{ kind: 'zero', service: service.identity }];
    case 'edit service':
      return editService(service, intention.change);
    case 'delete service':
      return [
        {
          kind: 'delete service',
          before: service,
          realServers: realServersIn(before),
        },
      ];
    case 'add real server':
      return addRealServer(director, service.identity, before, intention.realServer);
    case 'edit real server':
      return editRealServer(
        service.identity,
        requireRealServer(director, before, intention).realServer,
        intention.change,
      );
    case 'delete real server': {
      const found = requireRealServer(director, before, intention);
      return realServerStep(service.identity, found, null);
    }
    case 'switch mode': {
      const chosen =
        intention.realServer === null
          ? [...before.realServers.values()]
          : [requireRealServer(director, before, { ...intention, realServer: intention.realServer })];
      return switchMode(
        service.identity,
        chosen,
        (identity) => rowOf(before, identity) !== undefined,
        intention.mode,
      );
    }
  }
}

/** The verb phrase of an intention in error messages. */
function intentionOperation(intention: Intention): string {
  return intention.kind === 'zero' ? 'zero counters of service' : intention.kind;
}

function requireRealServer(
  director: Director,
  state: Picture,
  intention: Extract<Intention, { kind: 'edit real server' | 'delete real server' | 'switch mode' }> & {
    readonly realServer: RealServer['identity'];
  },
): RealServerState {
  const { service } = intention;
  const found = rowOf(state, intention.realServer) ?? findRealServer(director, service, intention.realServer);
  if (found === undefined) throw refusals.unknownRealServer(intention.kind, service, intention.realServer);
  return found;
}

function rowOf({ realServers }: Picture, identity: RealServer['identity']): RealServerState | undefined {
  return realServers.get(formatRealServer(identity));
}

function addService(service: Service, before: Service | undefined): Step[] {
  requireValidService('add service', service);
  if (before === undefined) return [{ kind: 'add service', after: service }];
  if (sameServiceSettings(before, service)) return [];
  throw refusals.serviceExists(service);
}

function editService(before: Service, change: Partial<ServiceSettings>): Step[] {
  const after = editedService(before, change);
  if (sameServiceSettings(before, after)) return [];
  requireValidService('edit service', after, before);
  return [{ kind: 'set service', before, after }];
}

function addRealServer(
  director: Director,
  service: ServiceIdentity,
  before: Picture,
  realServer: RealServer,
): Step[] {
  requireValidRealServer('add real server', service, realServer);
  requireModeRules('add real server', {
    service,
    realServer: realServer.identity,
    forwarding: realServer.forwarding,
  });
  const present = rowOf(before, realServer.identity);
  if (present !== undefined) {
    if (sameRealServerSettings(present.realServer, realServer)) return [];
    throw refusals.realServerExists(service, realServer);
  }
  if (realServer.identity.family !== service.family && director.syncDaemons().length > 0) {
    throw refusals.mixedFamiliesWithSyncDaemon(service, realServer.identity);
  }
  return [{ kind: 'add real server', service, after: realServer }];
}

function editRealServer(
  service: ServiceIdentity,
  before: RealServer,
  change: Partial<Omit<RealServer, 'identity'>>,
): Step[] {
  // Leaving TUN resets the tunnel settings: they mean nothing in other modes, and ipvsadm resets them too.
  const leavesTunnel =
    change.forwarding !== undefined && change.forwarding !== 'tun' && before.forwarding === 'tun';
  const after: RealServer = { ...before, ...(leavesTunnel && { tunnel: defaultTunnel }), ...change };
  if (sameRealServerSettings(before, after)) return [];
  if (changedRealServerFields(before, after).includes('forwarding')) requireEditedMode(service, after);
  requireValidRealServer('edit real server', service, after, before);
  return [{ kind: 'set real server', service, before, after }];
}

/** The port is part of a real server's identity, so an edit cannot change it as a mode switch can. */
function requireEditedMode(service: ServiceIdentity, { identity, forwarding }: RealServer): void {
  const broken = brokenModeRule({ service, realServer: identity, forwarding });
  if (broken === undefined) return;
  throw IpvsError.input(
    'against-mode',
    'edit real server',
    `${formatRealServer(identity)} of ${formatService(service)}`,
    broken.reason,
    broken.rule.id === 'no-port-mapping'
      ? 'switch the mode instead (key m, or "lvstop mode"): it adds the real server with the right port and deletes this one'
      : broken.advice,
  );
}
