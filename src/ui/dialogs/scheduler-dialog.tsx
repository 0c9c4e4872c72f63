import { schedulers } from '../../ipvs/scheduler.ts';
import type { Desk } from '../state/desk.ts';
import { targetServices } from '../state/targets.ts';
import { ChoiceDialog } from './choice-dialog.tsx';

/** Chooses the scheduler of one or several services from the kernel's, each with what it does; `first` is where the cursor begins. */
export function openScheduler(desk: Desk, first?: string): void {
  const services = targetServices(desk);
  const names = new Set(services.map(({ service }) => service.scheduler));
  const present = names.size === 1 ? [...names][0] : undefined;
  desk.openDialog(
    <ChoiceDialog
      title={`Scheduler of ${services.length === 1 ? services[0]?.key : `${services.length} services`}`}
      choices={schedulers}
      present={present}
      first={first ?? present}
      intentions={(scheduler) =>
        // The plan keeps those flags that the new scheduler has too.
        services.map(({ service }) => ({
          kind: 'edit service',
          service: service.identity,
          change: { scheduler },
        }))
      }
    />,
  );
}
