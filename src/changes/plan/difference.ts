import type {
  Configuration,
  ConfiguredRealServer,
  ConfiguredService,
  Problem,
} from '../../formats/configuration.ts';
import { brokenModeRule } from '../../forwarding/mode-rules.ts';
import { changedRealServerFields } from '../../ipvs/changed-fields.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { type RealServer, sameRealServerSettings } from '../../ipvs/real-server.ts';
import { findScheduler, schedulers } from '../../ipvs/scheduler.ts';
import { type Service, sameServiceSettings } from '../../ipvs/service.ts';
import type { FieldProblem } from '../../ipvs/validation/check.ts';
import { realServerProblems } from '../../ipvs/validation/real-server-checks.ts';
import { serviceProblems } from '../../ipvs/validation/service-checks.ts';
import type { Step } from '../steps/step.ts';
import { realServerStep } from '../steps/step-kinds.ts';
import type { RealServerState, ServiceState } from '../steps/table-state.ts';

/** How a table differs from a configuration. */
export interface Difference {
  /** What makes everything in the configuration so, service by service; what is the same is not touched. */
  readonly changes: readonly LocatedStep[];
  /** What removes from the table all that is not in the configuration: whole services and single real servers. */
  readonly surplus: readonly Step[];
  /** What speaks against a change, by the same checks as for an edit. With one, nothing may be done. */
  readonly problems: readonly Problem[];
}

/** A step with the line of the configuration that asks for it. */
export interface LocatedStep {
  readonly step: Step;
  readonly line: number;
}

/** What a difference looks at beside the two tables. */
export interface DifferenceContext {
  /** A sync daemon runs: real servers of another family than their service are not possible. */
  readonly hasSyncDaemon: boolean;
  /** Whether a kernel module is loaded, for schedulers and engines that lvstop does not know. */
  readonly hasModule: (name: string) => boolean;
}

/**
 * Compares by meaning: order, spelling and defaults do not matter. Within a service additions come first, then
 * weights that rise, then all other edits, so that clients find a real server all the time.
 */
export function compareTable(
  configuration: Configuration,
  present: readonly ServiceState[],
  context: DifferenceContext,
): Difference {
  const presentByKey = new Map(present.map((state) => [formatService(state.service.identity), state]));
  const problems: Problem[] = [];
  const changes: LocatedStep[] = [];
  const surplus: Step[] = [];
  const inUse = {
    schedulers: new Set(present.map(({ service }) => service.scheduler)),
    engines: new Set(present.map(({ service }) => service.engine)),
  };
  for (const wanted of configuration.services) {
    const key = formatService(wanted.service.identity);
    const state = presentByKey.get(key);
    presentByKey.delete(key);
    const serviceSteps = compareService(wanted, state?.service);
    for (const { step, line } of serviceSteps) {
      problems.push(...serviceStepProblems(step, line), ...unknownModules(step, line, inUse, context));
    }
    const { steps, extra } = compareRealServersOf(wanted, state?.realServers ?? []);
    for (const located of steps) addRealServerStepProblems(problems, located, context);
    changes.push(...serviceSteps, ...steps);
    surplus.push(...extra);
  }
  for (const { service, realServers } of presentByKey.values()) {
    const own = realServers.map(({ realServer }) => realServer);
    surplus.push({ kind: 'delete service', before: service, realServers: own });
  }
  return { changes, surplus, problems };
}

function compareService(
  { service: after, line }: ConfiguredService,
  before: Service | undefined,
): LocatedStep[] {
  if (before === undefined) return [{ step: { kind: 'add service', after }, line }];
  return sameServiceSettings(before, after) ? [] : [{ step: { kind: 'set service', before, after }, line }];
}

function compareRealServersOf(
  { service: { identity: service }, realServers }: ConfiguredService,
  present: readonly RealServerState[],
): { readonly steps: readonly LocatedStep[]; readonly extra: readonly Step[] } {
  if (present.length === 0)
    return { steps: realServers.map((wanted) => addition(service, wanted)), extra: [] };
  const left = new Map(present.map((state) => [formatRealServer(state.realServer.identity), state]));
  const added: LocatedStep[] = [];
  const raised: LocatedStep[] = [];
  const others: LocatedStep[] = [];
  for (const wanted of realServers) {
    const { realServer: after, line } = wanted;
    const key = formatRealServer(after.identity);
    const before = left.get(key)?.realServer;
    left.delete(key);
    if (before === undefined) {
      added.push(addition(service, wanted));
    } else if (!sameRealServerSettings(before, after)) {
      const step: Step = { kind: 'set real server', service, before, after };
      (after.weight > before.weight ? raised : others).push({ step, line });
    }
  }
  const extra = [...left.values()].flatMap((state) => realServerStep(service, state, null));
  return { steps: [...added, ...raised, ...others], extra };
}

function addition(service: ServiceIdentity, { realServer: after, line }: ConfiguredRealServer): LocatedStep {
  return { step: { kind: 'add real server', service, after }, line };
}

function serviceStepProblems(step: Step, line: number): Problem[] {
  if (step.kind === 'add service') return located(line, step.after, serviceProblems(step.after));
  if (step.kind === 'set service') return located(line, step.after, serviceProblems(step.after, step.before));
  return [];
}

function located(line: number, { identity }: Service, found: readonly FieldProblem<string>[]): Problem[] {
  return found.map(({ reason, advice }) => ({
    line,
    reason: `${formatService(identity)}: ${reason}`,
    advice,
  }));
}

/** A misspelt name is found before anything is done, and not by the kernel half-way. */
function unknownModules(
  step: Step,
  line: number,
  inUse: { readonly schedulers: ReadonlySet<string>; readonly engines: ReadonlySet<string | null> },
  { hasModule }: DifferenceContext,
): Problem[] {
  if (step.kind !== 'add service' && step.kind !== 'set service') return [];
  const { scheduler, engine } = step.after;
  const problems: Problem[] = [];
  if (
    findScheduler(scheduler) === undefined &&
    !inUse.schedulers.has(scheduler) &&
    !hasModule(`ip_vs_${scheduler}`)
  ) {
    problems.push({
      line,
      reason: `there is no scheduler "${scheduler}"`,
      advice: `give one of ${schedulers.map(({ name }) => name).join(', ')}; for one of your own, load its module ip_vs_${scheduler} first`,
    });
  }
  if (engine !== null && engine !== 'sip' && !inUse.engines.has(engine) && !hasModule(`ip_vs_pe_${engine}`)) {
    problems.push({
      line,
      reason: `there is no persistence engine "${engine}"`,
      advice: `give sip; for one of your own, load its module ip_vs_pe_${engine} first`,
    });
  }
  return problems;
}

function addRealServerStepProblems(
  problems: Problem[],
  { step, line }: LocatedStep,
  context: DifferenceContext,
): void {
  if (step.kind !== 'add real server' && step.kind !== 'set real server') return;
  const { service, after } = step;
  const before = step.kind === 'set real server' ? step.before : undefined;
  addAll(problems, step, line, realServerProblems(service, after, before));
  if (mayBreakModeRule(before, after)) {
    const broken = brokenModeRule({ service, realServer: after.identity, forwarding: after.forwarding });
    if (broken !== undefined) addAll(problems, step, line, [broken]);
  }
  if (before === undefined && context.hasSyncDaemon && isMixed(service, after)) {
    addAll(problems, step, line, [mixedBesideSyncDaemon]);
  }
}

const mixedBesideSyncDaemon = {
  reason: 'a real server of another address family than its service cannot be added while a sync daemon runs',
  advice: 'stop the sync daemon first',
};

function addAll(
  problems: Problem[],
  { service, after }: Extract<Step, { readonly kind: 'add real server' | 'set real server' }>,
  line: number,
  found: readonly Omit<Problem, 'line'>[],
): void {
  for (const { reason, advice } of found) {
    const object = `${formatRealServer(after.identity)} of ${formatService(service)}`;
    problems.push({ line, reason: `${object}: ${reason}`, advice });
  }
}

function mayBreakModeRule(before: RealServer | undefined, after: RealServer): boolean {
  return before === undefined || changedRealServerFields(before, after).includes('forwarding');
}

function isMixed(service: ServiceIdentity, { identity }: RealServer): boolean {
  return identity.family !== service.family;
}
