import type { Configuration, ConfiguredService, Problem } from '../../formats/configuration.ts';
import { brokenModeRule } from '../../forwarding/mode-rules.ts';
import { changedRealServerFields } from '../../ipvs/changed-fields.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { sameRealServerSettings } from '../../ipvs/real-server.ts';
import { findScheduler, schedulers } from '../../ipvs/scheduler.ts';
import { type Service, sameServiceSettings } from '../../ipvs/service.ts';
import { realServerProblems } from '../../ipvs/validation/real-server-checks.ts';
import { serviceProblems } from '../../ipvs/validation/service-checks.ts';
import type { Step } from '../steps/step.ts';
import { realServerStep, stepObjectText } from '../steps/step-kinds.ts';
import type { RealServerState, ServiceState } from '../steps/table-state.ts';

/** How a table differs from a configuration. */
export interface Difference {
  /**
   * The steps that make the table have all that is in the configuration, service by service. What is the same already
   * is not touched.
   */
  readonly changes: readonly LocatedStep[];
  /** The steps that remove all that is not in the configuration: whole services and single real servers. */
  readonly surplus: readonly Step[];
  /** Reasons against the changes, by the same checks as for an edit. If there is any, nothing may be done. */
  readonly problems: readonly Problem[];
}

/** A step with the line of the configuration that asks for it. */
export interface LocatedStep {
  readonly step: Step;
  readonly line: number;
}

/** What a difference depends on besides the two tables. */
export interface DifferenceContext {
  /** Whether a sync daemon runs: then real servers of another family than their service cannot be added. */
  readonly hasSyncDaemon: boolean;
  /** Whether a kernel module is loaded, for schedulers and engines that lvstop does not know. */
  readonly hasModule: (name: string) => boolean;
}

/**
 * Compares by meaning: order, spelling and defaults do not matter. Within a service additions come first, then
 * weights that rise, then all other edits, so that there is a real server for clients all the time.
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
    const { steps, extra } = compareRealServersOf(wanted, state?.realServers ?? []);
    for (const located of [...compareService(wanted, state?.service), ...steps]) {
      problems.push(...problemsOf(located, inUse, context));
      changes.push(located);
    }
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
  const left = new Map(present.map((state) => [formatRealServer(state.realServer.identity), state]));
  const added: LocatedStep[] = [];
  const raised: LocatedStep[] = [];
  const others: LocatedStep[] = [];
  for (const { realServer: after, line } of realServers) {
    const key = formatRealServer(after.identity);
    const state = left.get(key) ?? null;
    left.delete(key);
    if (state !== null && sameRealServerSettings(state.realServer, after)) continue;
    const list = state === null ? added : after.weight > state.realServer.weight ? raised : others;
    for (const step of realServerStep(service, state, after)) list.push({ step, line });
  }
  const extra = [...left.values()].flatMap((state) => realServerStep(service, state, null));
  return { steps: [...added, ...raised, ...others], extra };
}

/** Names of schedulers and engines in use by the table, even if lvstop does not know them. */
interface InUse {
  readonly schedulers: ReadonlySet<string>;
  readonly engines: ReadonlySet<string | null>;
}

/** Reasons against a step, by the same checks as for an edit. */
function problemsOf({ step, line }: LocatedStep, inUse: InUse, context: DifferenceContext): Problem[] {
  const ofObject = ({ reason, advice }: Omit<Problem, 'line'>): Problem => ({
    line,
    reason: `${stepObjectText(step)}: ${reason}`,
    advice,
  });
  switch (step.kind) {
    case 'add service':
    case 'set service': {
      const before = step.kind === 'set service' ? step.before : undefined;
      return [
        ...serviceProblems(step.after, before).map(ofObject),
        ...unknownModules(step.after, line, inUse, context),
      ];
    }
    case 'add real server':
    case 'set real server':
      return realServerStepProblems(step, context).map(ofObject);
    default:
      return [];
  }
}

/** Finds misspelt names before anything is done, rather than have the kernel refuse them half-way. */
function unknownModules(
  { scheduler, engine }: Service,
  line: number,
  inUse: InUse,
  { hasModule }: DifferenceContext,
): Problem[] {
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

function realServerStepProblems(
  step: Extract<Step, { readonly kind: 'add real server' | 'set real server' }>,
  { hasSyncDaemon }: DifferenceContext,
): Omit<Problem, 'line'>[] {
  const { service, after } = step;
  const before = step.kind === 'set real server' ? step.before : undefined;
  const problems: Omit<Problem, 'line'>[] = [...realServerProblems(service, after, before)];
  if (before === undefined || changedRealServerFields(before, after).includes('forwarding')) {
    const broken = brokenModeRule({ service, realServer: after.identity, forwarding: after.forwarding });
    if (broken !== undefined) problems.push(broken);
  }
  if (before === undefined && hasSyncDaemon && after.identity.family !== service.family) {
    problems.push(mixedBesideSyncDaemon);
  }
  return problems;
}

const mixedBesideSyncDaemon = {
  reason: 'a real server of another address family than its service cannot be added while a sync daemon runs',
  advice: 'stop the sync daemon first',
};
