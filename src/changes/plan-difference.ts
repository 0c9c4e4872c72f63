import type { Configuration } from '../formats/configuration.ts';
import type { NetworkFacts } from '../forwarding/network-facts.ts';
import { formatRealServer, formatService } from '../ipvs/identity.ts';
import type { Difference } from './difference.ts';
import { judgedPlan } from './judged-plan.ts';
import type { Plan, Step } from './plan.ts';
import { stepGroup } from './step-kinds.ts';
import type { RealServerState, ServiceState } from './table-state.ts';
import { planWarnings } from './warnings.ts';

/** What a plan for a difference depends on. */
export interface DifferencePlanContext {
  readonly configuration: Configuration;
  readonly present: readonly ServiceState[];
  /** Whether what is not in the configuration is removed. */
  readonly prune: boolean;
  /** Value of `/proc/sys/net/ipv4/vs/NAME`. */
  readonly setting: (name: string) => string | undefined;
  /** This machine's network with the routes concerned; nothing is said of it where it is left out. */
  readonly network?: NetworkFacts | undefined;
}

/**
 * The least plan that makes a table what a configuration says. Everything that is added or changed comes before
 * anything is removed, of all services; real servers are removed before whole services.
 */
export function planDifference(difference: Difference, context: DifferencePlanContext): Plan {
  const removals = context.prune ? difference.surplus : [];
  const steps = [
    ...difference.changes.map(({ step }) => step),
    ...removals.filter(({ kind }) => kind === 'delete real server'),
    ...removals.filter(({ kind }) => kind !== 'delete real server'),
  ];
  return judgedPlan(steps, judge(steps, context));
}

/** The warnings of all services that the steps touch, each looked at as a whole. */
function judge(
  steps: readonly Step[],
  { configuration, present, prune, setting, network }: DifferencePlanContext,
): ReturnType<typeof planWarnings>[] {
  const before = new Map(present.map((state) => [formatService(state.service.identity), state]));
  const wanted = new Map(
    configuration.services.map((entry) => [formatService(entry.service.identity), entry]),
  );
  const stepsOf = new Map<string, Step[]>();
  for (const step of steps) {
    const key = stepGroup(step);
    const list = stepsOf.get(key);
    if (list === undefined) stepsOf.set(key, [step]);
    else list.push(step);
  }
  return [...stepsOf].map(([key, own]) => {
    const was = before.get(key);
    const will = wanted.get(key);
    return planWarnings({
      before: was,
      after:
        will === undefined
          ? undefined
          : {
              service: will.service,
              realServers: afterwards(was?.realServers ?? [], will.realServers, prune),
            },
      steps: own,
      setting,
      network,
    });
  });
}

function afterwards(
  before: readonly RealServerState[],
  wanted: Configuration['services'][number]['realServers'],
  prune: boolean,
): RealServerState[] {
  if (before.length === 0) return wanted.map(({ realServer }) => ({ realServer, active: 0, inactive: 0 }));
  const rows = new Map(before.map((state) => [formatRealServer(state.realServer.identity), state]));
  const result = wanted.map(({ realServer }): RealServerState => {
    const key = formatRealServer(realServer.identity);
    const state = rows.get(key);
    rows.delete(key);
    return { realServer, active: state?.active ?? 0, inactive: state?.inactive ?? 0 };
  });
  return prune ? result : [...result, ...rows.values()];
}
