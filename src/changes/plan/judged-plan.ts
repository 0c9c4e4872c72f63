import type { Director } from '../../director/director.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import type { Work } from '../../system/turns.ts';
import { servicePicture } from '../steps/objects.ts';
import type { Step } from '../steps/step.ts';
import { draw, removes, stepLine } from '../steps/step-kinds.ts';
import type { ServiceState } from '../steps/table-state.ts';
import { doubtSentences } from './network-doubts.ts';
import type { Plan } from './plan.ts';
import { settingWarnings } from './plan-settings.ts';
import { type Judgement, planWarnings } from './warnings.ts';

/** The steps on one service. */
export interface PlanPart {
  /** The service before the steps; `undefined` where it does not exist. */
  readonly before: ServiceState | undefined;
  readonly steps: readonly Step[];
}

/**
 * Makes a plan of steps, with warnings. Each service that they touch is looked at as a whole, before and after all of
 * them; `more` is what else was found. With `network`, the plan also warns of what in this machine's network speaks
 * against the steps.
 */
export function* judgedPlan(
  director: Director,
  steps: readonly Step[],
  parts: Iterable<PlanPart>,
  network?: NetworkFacts,
  more: readonly Judgement[] = [],
): Work<Plan> {
  const setting = readOnce((name) => director.setting(name));
  const judged: Judgement[] = [];
  for (const { before, steps: own } of parts) {
    const after = servicePicture(before);
    for (const step of own) draw(after, step);
    judged.push(planWarnings({ before: servicePicture(before), after, steps: own, setting, network }));
    yield after.realServers.size + own.length;
  }
  judged.push(settingWarnings(steps), ...more);
  yield steps.length;
  const doubts = judged.flatMap((found) => found.doubts);
  let lines: readonly string[] | undefined;
  return {
    steps,
    // Made only when asked for: there may be ten thousand lines.
    get lines() {
      lines ??= steps.map(stepLine);
      return lines;
    },
    warnings: [...new Set([...doubtSentences(doubts), ...judged.flatMap(({ warnings }) => warnings)])],
    destructive:
      judged.some(({ interrupts }) => interrupts) ||
      steps.some((step) => removes(step) || step.kind === 'zero'),
    doubtful: doubts.length > 0,
  };
}

/** Reads each setting only once, since each read opens a file. */
function readOnce(read: (name: string) => string | undefined): typeof read {
  const known = new Map<string, string | undefined>();
  return (name) => {
    if (!known.has(name)) known.set(name, read(name));
    return known.get(name);
  };
}
