import { IpvsError, type IpvsErrorDetail } from '../../ipvs/error.ts';
import type { Step } from '../steps/step.ts';

/** Why a plan ended at a step that was not written. */
export class StepError extends IpvsError {
  readonly step: Step;

  constructor(step: Step, detail: IpvsErrorDetail) {
    super(detail, detail instanceof IpvsError ? { cause: detail } : undefined);
    this.step = step;
  }
}
