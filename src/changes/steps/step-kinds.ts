import type { Director } from '../../director/director.ts';
import { ipvsadmLines } from '../../formats/ipvsadm/ipvsadm.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type RealServerName,
  type ServiceIdentity,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import type { TableWrite } from '../../ipvs/table-write.ts';
import { count } from './describe.ts';
import {
  type ObjectKind,
  type Picture,
  realServerKind,
  serviceKind,
  syncDaemonKind,
  type Thing,
  timeoutsKind,
} from './objects.ts';
import type { SettingStep, Step } from './step.ts';
import type { RealServerState } from './table-state.ts';

/** What all steps of a kind have in common. */
interface StepKind<Of extends Step> {
  /** The kind of object that it writes; `null` where it writes no single one. */
  readonly object: ObjectKind<Thing> | null;
  /** What it does to its object, as a verb phrase; the name of the kind where left out. */
  operation?(step: Of): string;
  /** The text after the name of its object; where left out, what it writes. */
  detail?(step: Of): string;
  /** The arguments with which ipvsadm does the same. */
  options(step: Of): string;
  /** The write to the table, or for time-outs, sync daemons and counters a function that does it. */
  write(step: Of): TableWrite | ((director: Director) => void);
}

const stepKinds: { readonly [Kind in Step['kind']]: StepKind<Extract<Step, { readonly kind: Kind }>> } = {
  'add service': {
    object: serviceKind,
    options: ({ after }) => ipvsadmLines.addService(after),
    write: ({ after }) => ({ operation: 'add service', service: after }),
  },
  'set service': {
    object: serviceKind,
    operation: () => 'edit service',
    options: ({ after }) => ipvsadmLines.editService(after),
    write: ({ after }) => ({ operation: 'edit service', service: after }),
  },
  'delete service': {
    object: serviceKind,
    detail: ({ realServers }) => ` with ${count(realServers.length, 'real server')}`,
    options: ({ before }) => ipvsadmLines.deleteService(before.identity),
    write: ({ before }) => ({ operation: 'delete service', identity: before.identity }),
  },
  'add real server': {
    object: realServerKind,
    options: ({ service, after }) => ipvsadmLines.addRealServer(service, after),
    write: ({ service, after }) => ({ operation: 'add real server', identity: service, realServer: after }),
  },
  'set real server': {
    object: realServerKind,
    operation: () => 'edit real server',
    options: ({ service, after }) => ipvsadmLines.editRealServer(service, after),
    write: ({ service, after }) => ({ operation: 'edit real server', identity: service, realServer: after }),
  },
  'delete real server': {
    object: realServerKind,
    detail: ({ connections: { active, inactive } }) =>
      active + inactive === 0
        ? ', which has no connections'
        : ` with its ${active} active and ${inactive} inactive connections`,
    options: ({ service, before }) => ipvsadmLines.deleteRealServer(service, before.identity),
    write: ({ service, before }) => ({
      operation: 'delete real server',
      identity: service,
      realServer: before,
    }),
  },
  zero: {
    object: null,
    operation: ({ service }) => (service === null ? 'zero all counters' : 'zero counters of service'),
    options: ({ service }) => ipvsadmLines.zero(service),
    write:
      ({ service }) =>
      (director) =>
        director.zero(service ?? undefined),
  },
  'set time-outs': {
    object: timeoutsKind,
    options: ({ after }) => ipvsadmLines.setTimeouts(after),
    write:
      ({ after }) =>
      (director) =>
        director.setTimeouts(after),
  },
  'start sync daemon': {
    object: syncDaemonKind,
    options: ({ after }) => ipvsadmLines.startSyncDaemon(after),
    write:
      ({ after }) =>
      (director) =>
        director.startSyncDaemon(after),
  },
  'stop sync daemon': {
    object: syncDaemonKind,
    options: ({ before }) => ipvsadmLines.stopSyncDaemon(before),
    write:
      ({ before: { state, syncId } }) =>
      (director) =>
        director.stopSyncDaemon(state, syncId),
  },
};

function kindOf(step: Step): StepKind<Step> {
  return stepKinds[step.kind];
}

/** The object of a step as it was when the step was planned; `undefined` where it did not exist. */
function beforeOf(step: Step): Thing | undefined {
  return 'before' in step ? step.before : undefined;
}

/** The object as the step leaves it; `undefined` where the step removes it. */
function afterOf(step: Step): Thing | undefined {
  return 'after' in step ? step.after : undefined;
}

/** Whether a step could overwrite what somebody else has made; additions cannot. */
export function replaces(step: Step): boolean {
  return 'before' in step;
}

/** Whether a step removes its object. */
export function removes(step: Step): boolean {
  return 'before' in step && !('after' in step);
}

/** Whether a step changes time-outs or sync daemons, which are not in the table. */
export function isSettingStep<Any extends { readonly kind: string }>(
  step: Any,
): step is Extract<Any, { readonly kind: SettingStep['kind'] }> {
  return (
    step.kind === 'set time-outs' || step.kind === 'start sync daemon' || step.kind === 'stop sync daemon'
  );
}

/** Which setting a step changes: `time-outs`, `master` or `backup`. */
export function settingName(step: SettingStep): string {
  if (step.kind === 'set time-outs') return 'time-outs';
  return ('after' in step ? step.after : step.before).state;
}

/** The service that a step writes, or whose real server it writes; `null` for all services, and for settings. */
export function stepService(step: Step): ServiceIdentity | null {
  if ('service' in step) return step.service;
  const thing = 'before' in step ? step.before : step.after;
  return 'identity' in thing ? thing.identity : null;
}

/** The real server that a step writes; `null` where it writes none. */
export function stepRealServer(step: Step): RealServerIdentity | null {
  if (step.kind === 'zero' || !('service' in step)) return null;
  return ('before' in step ? step.before : step.after).identity;
}

/** The name, within its service, of the real server that a step writes; `''` where it writes none. */
export function stepRealServerKey(step: Step): RealServerName | '' {
  const realServer = stepRealServer(step);
  return realServer === null ? '' : formatRealServer(realServer);
}

/** The key of the service that a step belongs to; `''` for settings, and for zeroing all counters. */
export function stepGroup(step: Step): ServiceKey | '' {
  const service = stepService(step);
  return service === null ? '' : formatService(service);
}

/** What a step does to its object, as a verb phrase. */
export function stepOperation(step: Step): string {
  return kindOf(step).operation?.(step) ?? step.kind;
}

/** The object of a step as the operator writes it; empty for all services and for the time-outs. */
export function stepObjectText(step: Step): string {
  if (isSettingStep(step)) return step.kind === 'set time-outs' ? '' : settingName(step);
  const realServer = stepRealServerKey(step);
  return realServer === '' ? stepGroup(step) : `${realServer} of ${stepGroup(step)}`;
}

/** What a step does, in one line: `edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: weight 3 → 0`. */
export function describeStep(step: Step): string {
  const object = stepObjectText(step);
  const { detail = effectText } = kindOf(step);
  return `${stepOperation(step)}${object === '' ? '' : ` ${object}`}${detail(step)}`;
}

function effectText(step: Step): string {
  const { object } = kindOf(step);
  const [before, after] = [beforeOf(step), afterOf(step)];
  if (before !== undefined && after !== undefined) return `: ${object?.changes(before, after).join(', ')}`;
  const thing = after ?? before;
  return object === null || thing === undefined ? '' : `: ${object.words(thing)}`;
}

/** What steps do, in one line: the first one, and how many more there are. */
export function describeSteps(steps: readonly Step[]): string {
  const [first] = steps;
  return first === undefined ? 'nothing' : andMoreSteps(describeStep(first), steps.length);
}

/** The text of the first step, and how many of all `steps` are left. */
export function andMoreSteps(first: string, steps: number): string {
  return steps === 1 ? first : `${first}, and ${count(steps - 1, 'step')} more`;
}

/** The fields that a step changes, in words: `weight 3 → 0`; none where it adds or removes its object. */
export function changedFields(step: Step): string[] {
  const [before, after] = [beforeOf(step), afterOf(step)];
  return before === undefined || after === undefined
    ? []
    : (kindOf(step).object?.changes(before, after) ?? []);
}

/** The ipvsadm command that a step equals, ready to be typed. */
export function stepLine(step: Step): string {
  return `ipvsadm ${kindOf(step).options(step)}`;
}

/** The write of a step to the table, or for settings and counters a function that does it. */
export function stepWrite(step: Step): TableWrite | ((director: Director) => void) {
  return kindOf(step).write(step);
}

/** The object of a step as it was when planned, in words; `undefined` when it did not exist. */
export function planned(step: Step): string | undefined {
  const before = beforeOf(step);
  const words = before && kindOf(step).object?.words(before);
  return step.kind === 'delete service' ? withRealServers(words, step.realServers.length) : words;
}

/** The object as a step leaves it, in words; `undefined` when the step removes it. */
export function written(step: Step): string | undefined {
  const after = afterOf(step);
  return after && kindOf(step).object?.words(after);
}

function withRealServers(words: string | undefined, amount: number): string {
  return `${words}, ${count(amount, 'real server')}`;
}

/** The object of a step as a picture shows it. A class, since plans of ten thousand steps make one for each. */
export class PresentObject {
  readonly #step: Step;
  readonly #kind: ObjectKind<Thing>;
  readonly #found: Thing;
  readonly #realServers: number;

  constructor(step: Step, kind: ObjectKind<Thing>, found: Thing, realServers: number) {
    this.#step = step;
    this.#kind = kind;
    this.#found = found;
    this.#realServers = realServers;
  }

  /** The object in words. */
  get words(): string {
    const words = this.#kind.words(this.#found);
    return this.#step.kind === 'delete service' ? withRealServers(words, this.#realServers) : words;
  }

  /** Whether it is as it was when the step was planned. */
  get isAsPlanned(): boolean {
    const before = beforeOf(this.#step);
    if (before === undefined || !this.#kind.isSame(this.#found, before)) return false;
    return this.#step.kind !== 'delete service' || this.#step.realServers.length === this.#realServers;
  }

  /** Whether it is as the step leaves it. */
  get isAsWritten(): boolean {
    const after = afterOf(this.#step);
    return after !== undefined && this.#kind.isSame(this.#found, after);
  }
}

/**
 * The object of a step as a picture shows it; `undefined` when it does not exist there, or the step writes no single
 * one.
 */
export function presentObject(picture: Picture, step: Step): PresentObject | undefined {
  const { object } = kindOf(step);
  const thing = beforeOf(step) ?? afterOf(step);
  const found = thing && object?.find(picture, thing);
  if (object === null || found === undefined) return undefined;
  return new PresentObject(step, object, found, picture.realServers.size);
}

/** Applies a step to a picture. */
export function draw(picture: Picture, step: Step): void {
  const { object } = kindOf(step);
  const [before, after] = [beforeOf(step), afterOf(step)];
  if (after !== undefined) object?.put(picture, after);
  else if (before !== undefined) object?.remove(picture, before);
}

/** The step that turns a real server into what is wanted; `null` stands for a real server that does not exist. */
export function realServerStep(
  service: ServiceIdentity,
  now: RealServerState | null,
  wanted: RealServer | null,
): Step[] {
  if (now === null) return wanted === null ? [] : [{ kind: 'add real server', service, after: wanted }];
  const { realServer: before, active, inactive } = now;
  return wanted === null
    ? [{ kind: 'delete real server', service, before, connections: { active, inactive } }]
    : [{ kind: 'set real server', service, before, after: wanted }];
}

/** The steps that add a service with real servers, in that order. */
export function serviceAdditions(service: Service, realServers: readonly RealServer[]): Step[] {
  return [
    { kind: 'add service', after: service },
    ...realServers.map((after): Step => ({ kind: 'add real server', service: service.identity, after })),
  ];
}
