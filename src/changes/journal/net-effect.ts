import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { type RealServer, sameRealServerSettings } from '../../ipvs/real-server.ts';
import { type Service, sameServiceSettings } from '../../ipvs/service.ts';
import type { Work } from '../../system/turns.ts';
import { stepService } from '../describe.ts';
import { isSettingStep } from '../director-settings.ts';
import type { SettingStep } from '../plan.ts';
import { planStep, type RecordedStep } from './recorded-step.ts';

/** What steps together made of one object; `null` where it is not there. */
export interface ObjectEffect<Thing> {
  readonly before: Thing | null;
  readonly after: Thing | null;
  /** lvstop has seen all of it done; `false` where another hand may have made of it what it is. */
  readonly isSeen: boolean;
}

/** What steps together made of a service and of those of its real servers that they touched. */
export interface ServiceEffect {
  readonly identity: ServiceIdentity;
  /** `null` when only real servers of it were touched. */
  readonly service: ObjectEffect<Service> | null;
  /** In the order in which they were touched first. */
  readonly realServers: readonly ObjectEffect<RealServer>[];
}

/**
 * What steps come to, object by object: whatever happened in between, undoing has to make `before` of `after`.
 * Services are in the order in which they were touched first. Zeroed counters leave nothing to be undone. The first
 * `seen` steps were seen done.
 */
export function* netEffect(
  steps: readonly RecordedStep[],
  seen: number = steps.length,
): Work<ServiceEffect[]> {
  const effects = new Map<string, MutableEffect>();
  for (const [place, step] of steps.entries()) {
    yield 1;
    if (step.kind === 'zero' || isSettingStep(step)) continue;
    const identity = stepService(planStep(step));
    if (identity === null) continue;
    const key = formatService(identity);
    const effect = effects.get(key) ?? { identity, service: null, realServers: new Map() };
    effects.set(key, effect);
    apply(effect, step, place < seen);
  }
  const left: ServiceEffect[] = [];
  for (const { identity, service: touched, realServers: all } of effects.values()) {
    const service = touched !== null && isNothing(touched, sameServiceSettings) ? null : touched;
    const realServers = [...all.values()].filter((effect) => !isNothing(effect, sameRealServerSettings));
    if (service !== null || realServers.length > 0) left.push({ identity, service, realServers });
    yield all.size + 1;
  }
  return left;
}

/** Whether an object is after all what it was at first: made and deleted again, or changed there and back. */
function isNothing<Thing>(
  { before, after }: ObjectEffect<Thing>,
  isSame: (left: Thing, right: Thing) => boolean,
): boolean {
  return before === null || after === null ? before === after : isSame(before, after);
}

interface MutableEffect {
  readonly identity: ServiceIdentity;
  service: ObjectEffect<Service> | null;
  readonly realServers: Map<string, ObjectEffect<RealServer>>;
}

function apply(
  effect: MutableEffect,
  step: Exclude<RecordedStep, SettingStep | { kind: 'zero' }>,
  isSeen: boolean,
): void {
  switch (step.kind) {
    case 'add service':
      setService(effect, null, step.after, isSeen);
      break;
    case 'set service':
      setService(effect, step.before, step.after, isSeen);
      break;
    case 'delete service':
      setService(effect, step.before, null, isSeen);
      for (const realServer of step.realServers) setRealServer(effect, realServer, null, isSeen);
      break;
    case 'add real server':
      setRealServer(effect, null, step.after, isSeen);
      break;
    case 'set real server':
      setRealServer(effect, step.before, step.after, isSeen);
      break;
    case 'delete real server':
      setRealServer(effect, step.before, null, isSeen);
      break;
  }
}

function setService(
  effect: MutableEffect,
  before: Service | null,
  after: Service | null,
  isSeen: boolean,
): void {
  effect.service = { before: effect.service === null ? before : effect.service.before, after, isSeen };
}

function setRealServer(
  { realServers }: MutableEffect,
  before: RealServer | null,
  after: RealServer | null,
  isSeen: boolean,
): void {
  const identity = (before ?? after)?.identity;
  if (identity === undefined) return;
  const key = formatRealServer(identity);
  const sooner = realServers.get(key);
  realServers.set(key, { before: sooner === undefined ? before : sooner.before, after, isSeen });
}
