import {
  formatRealServer,
  formatService,
  type RealServerName,
  type ServiceIdentity,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import type { Work } from '../../system/turns.ts';
import { type ObjectKind, realServerKind, serviceKind, type Thing } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { stepService } from '../steps/step-kinds.ts';

/** The joint effect of steps on one object; `null` where the object does not exist. */
export interface ObjectEffect<Thing> {
  readonly before: Thing | null;
  readonly after: Thing | null;
  /** Whether lvstop saw it done; if `false`, the present state may be somebody else's doing. */
  readonly isSeen: boolean;
}

/** The joint effect of steps on a service and on the real servers of it that they touched. */
export interface ServiceEffect {
  readonly identity: ServiceIdentity;
  /** `null` when only its real servers were touched. */
  readonly service: ObjectEffect<Service> | null;
  /** In the order in which they were touched first. */
  readonly realServers: ReadonlyMap<RealServerName, ObjectEffect<RealServer>>;
}

/**
 * The net effect of steps, object by object: whatever happened in between, undoing has to turn `after` into `before`.
 * Services are in the order in which they were first touched. Zeroed counters leave nothing to undo. lvstop saw the
 * first `seen` steps done.
 */
export function* netEffect(steps: readonly Step[], seen: number = steps.length): Work<ServiceEffect[]> {
  const effects = new Map<ServiceKey, MutableEffect>();
  for (const [place, step] of steps.entries()) {
    yield 1;
    const identity = stepService(step);
    if (identity === null || step.kind === 'zero') continue;
    const key = formatService(identity);
    const effect = effects.get(key) ?? { identity, service: null, realServers: new Map() };
    effects.set(key, effect);
    take(effect, step, place < seen);
  }
  const left: ServiceEffect[] = [];
  for (const { identity, service: touched, realServers: all } of effects.values()) {
    const service = touched !== null && isNothing(touched, serviceKind) ? null : touched;
    const realServers = new Map([...all].filter(([, effect]) => !isNothing(effect, realServerKind)));
    if (service !== null || realServers.size > 0) left.push({ identity, service, realServers });
    yield all.size + 1;
  }
  return left;
}

/** Joins two effects: the object before the sooner one, and after the later one. */
export function joinedEffect<Of>(
  sooner: ObjectEffect<Of> | null | undefined,
  { before, after, isSeen }: ObjectEffect<Of>,
): ObjectEffect<Of> {
  return { before: sooner == null ? before : sooner.before, after, isSeen };
}

/** Whether an object ended as it began: added and deleted again, or changed there and back. */
function isNothing<Of extends Thing>({ before, after }: ObjectEffect<Of>, kind: ObjectKind<Of>): boolean {
  return before === null || after === null ? before === after : kind.isSame(before, after);
}

interface MutableEffect {
  readonly identity: ServiceIdentity;
  service: ObjectEffect<Service> | null;
  readonly realServers: Map<RealServerName, ObjectEffect<RealServer>>;
}

function take(effect: MutableEffect, step: Step, isSeen: boolean): void {
  const takeRealServer = (before: RealServer | null, after: RealServer | null) => {
    const identity = (before ?? after)?.identity;
    if (identity === undefined) return;
    const key = formatRealServer(identity);
    effect.realServers.set(key, joinedEffect(effect.realServers.get(key), { before, after, isSeen }));
  };
  switch (step.kind) {
    case 'add service':
    case 'set service':
    case 'delete service': {
      const before = step.kind === 'add service' ? null : step.before;
      const after = step.kind === 'delete service' ? null : step.after;
      effect.service = joinedEffect(effect.service, { before, after, isSeen });
      if (step.kind === 'delete service') for (const own of step.realServers) takeRealServer(own, null);
      break;
    }
    case 'add real server':
      takeRealServer(null, step.after);
      break;
    case 'set real server':
      takeRealServer(step.before, step.after);
      break;
    case 'delete real server':
      takeRealServer(step.before, null);
      break;
    default:
      break;
  }
}
