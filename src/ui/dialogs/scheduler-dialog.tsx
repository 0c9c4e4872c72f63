import type { Intention } from '../../changes/intention.ts';
import { formatService } from '../../ipvs/identity.ts';
import { schedulers } from '../../ipvs/scheduler.ts';
import type { Service } from '../../ipvs/service.ts';
import type { Controller } from '../controller.ts';
import { ChoiceDialog } from './choice-dialog.tsx';

/** Chooses a service's scheduler from the kernel's, each with what it does. */
export class SchedulerDialog extends ChoiceDialog {
  readonly title: string;
  readonly height = 22;
  readonly #service: Service;

  constructor(controller: Controller, service: Service) {
    super(controller, schedulers, service.scheduler);
    this.#service = service;
    this.title = `Scheduler of ${formatService(service.identity)}`;
  }

  protected intentions(): Intention[] {
    const scheduler = this.chosen?.name ?? this.#service.scheduler;
    // Flags belong to their scheduler; another one would read them as its own.
    const change = scheduler === this.#service.scheduler ? {} : { scheduler, schedulerFlags: 0 };
    return [{ kind: 'edit service', service: this.#service.identity, change }];
  }
}
