import type { Director } from '../../director/director.ts';
import { formatService } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import type { Work } from '../../system/turns.ts';
import { stepService } from '../describe.ts';
import type { Step } from '../plan.ts';
import { draw, lookAtAll, type ServicePicture } from '../service-picture.ts';

/** A step with all that is lost by it, so that it can be taken back. */
export type RecordedStep =
  | Exclude<Step, { kind: 'delete service' }>
  | {
      readonly kind: 'delete service';
      readonly before: Service;
      /** The real servers that go with it, in the order in which they have to be added to be as before. */
      readonly realServers: readonly RealServer[];
    };

/** Reads what the steps of a plan will take away. Throws an `IpvsError` when the director cannot be read. */
export function* recordSteps(director: Director, steps: readonly Step[]): Work<readonly RecordedStep[]> {
  const pictures = new Map<string, ServicePicture>();
  const deleted = new Set(
    steps.flatMap((step) => (step.kind === 'delete service' ? [formatService(step.before.identity)] : [])),
  );
  if (deleted.size === 0) return steps.filter((step) => step.kind !== 'delete service');
  const recorded: RecordedStep[] = [];
  for (const step of steps) {
    yield 1;
    const service = stepService(step);
    if (service === null || !deleted.has(formatService(service))) {
      recorded.push(withoutLoss(step));
      continue;
    }
    const key = formatService(service);
    const picture = pictures.get(key) ?? inOrderOfAge(lookAtAll(director, service));
    if (!pictures.has(key)) yield picture.realServers.size;
    pictures.set(key, picture);
    recorded.push(
      step.kind === 'delete service'
        ? { kind: step.kind, before: step.before, realServers: [...picture.realServers.values()] }
        : step,
    );
    draw(picture, step);
  }
  return recorded;
}

/** The step as a plan has it. */
export function planStep(step: RecordedStep): Step {
  return step.kind === 'delete service' ? { ...step, realServers: step.realServers.length } : step;
}

/** The kernel lists the newest real server first, and by that order schedulers decide between equals. */
function inOrderOfAge({ service, realServers }: ServicePicture): ServicePicture {
  return { service, realServers: new Map([...realServers].reverse()) };
}

/** A step that is not the deletion of a service has all in itself. */
function withoutLoss(step: Step): RecordedStep {
  return step.kind === 'delete service' ? { ...step, realServers: [] } : step;
}
