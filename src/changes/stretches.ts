import { mostWrites } from '../director/director.ts';
import { formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import type { TableWrite } from '../ipvs/table-write.ts';
import { stepService } from './describe.ts';
import type { Step } from './plan.ts';

/** One step or more. */
export type Steps = readonly [Step, ...Step[]];

/** Steps that follow each other, belong to one service and do the same to it. */
export interface Stretch {
  readonly service: ServiceIdentity | null;
  /** The service was not made by this plan itself, so that others may have changed it. */
  readonly isToBeReadAgain: boolean;
  readonly steps: Steps;
  /**
   * All in one request, or one request each. Only additions go together: those behind one that is refused are done
   * all the same, and one more real server does no harm, where a weight that is lowered or a real server that is
   * deleted after its substitute was refused could end a service.
   */
  readonly isTogether: boolean;
}

/** Divides the steps of a plan, in their order, as they are asked for. */
export function* stretchesOf(steps: readonly Step[]): Generator<Stretch, void, void> {
  const made = new Set<string>();
  let last:
    | (Stretch & { readonly key: string; readonly kind: string; readonly steps: [Step, ...Step[]] })
    | undefined;
  for (const step of steps) {
    const service = stepService(step);
    const key = service === null ? '' : formatService(service);
    const isTogether = step.kind === 'add service' || step.kind === 'add real server';
    const kind = isTogether ? 'additions' : step.kind;
    if (step.kind === 'add service') made.add(key);
    if (service !== null && last?.key === key && last.kind === kind && last.steps.length < mostWrites) {
      last.steps.push(step);
    } else {
      if (last !== undefined) yield last;
      const isToBeReadAgain = service !== null && !made.has(key);
      last = { key, kind, service, isToBeReadAgain, isTogether, steps: [step] };
    }
  }
  if (last !== undefined) yield last;
}

/** What a step writes to the table; `null` for one that writes none of its settings. */
export function tableWrite(step: Step): TableWrite | null {
  switch (step.kind) {
    case 'add service':
      return { operation: 'add service', service: step.after };
    case 'set service':
      return { operation: 'edit service', service: step.after };
    case 'delete service':
      return { operation: 'delete service', identity: step.before.identity };
    case 'add real server':
      return { operation: 'add real server', identity: step.service, realServer: step.after };
    case 'set real server':
      return { operation: 'edit real server', identity: step.service, realServer: step.after };
    case 'delete real server':
      return { operation: 'delete real server', identity: step.service, realServer: step.before };
    default:
      return null;
  }
}
