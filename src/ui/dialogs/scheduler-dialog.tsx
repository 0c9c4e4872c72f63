import type { Intention } from '../../changes/plan/intention.ts';
import { schedulers } from '../../ipvs/scheduler.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import type { Desk } from '../state/desk.ts';
import { ChoiceDialog } from './choice-dialog.tsx';

/** Chooses the scheduler of one or several services from the kernel's, each with what it does. */
export class SchedulerDialog extends ChoiceDialog {
  readonly title: string;
  readonly height = 22;
  readonly #services: readonly PublicServiceView[];

  /** `chosen` is the scheduler to begin with, the present one when not given. */
  constructor(desk: Desk, services: readonly PublicServiceView[], chosen?: string) {
    const names = new Set(services.map(({ service }) => service.scheduler));
    super(desk, schedulers, names.size === 1 ? [...names][0] : undefined, chosen);
    this.#services = services;
    this.title =
      services.length === 1
        ? `Scheduler of ${services[0]?.key ?? ''}`
        : `Scheduler of ${services.length} services`;
  }

  protected intentions(): Intention[] {
    const scheduler = this.chosen?.name;
    return this.#services.map(({ service }) => ({
      kind: 'edit service',
      service: service.identity,
      // The plan sees to the flags: those that the other scheduler has too go along.
      change: scheduler === undefined ? {} : { scheduler },
    }));
  }
}
