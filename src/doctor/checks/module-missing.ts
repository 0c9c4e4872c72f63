import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Finding } from '../finding.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { director, eachService, ofService, serviceWord } from '../judgement/subjects.ts';

/** What the kernel calls the scheduler of a service that has none (`ip_vs_genl_fill_service` in `ip_vs_ctl.c`). */
const noScheduler = 'none';

/** Schedulers and persistence engines are modules of their own. */
export const moduleMissing: PrivilegedCheck = {
  id: 'module-missing',
  title: 'a service has no scheduler, or the module of its scheduler or engine is not to be found',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_edit_service: for a moment, or after a failure, no scheduler is bound, and every connection is rejected',
    'net/netfilter/ipvs/ip_vs_sched.c and ip_vs_pe.c: modules ip_vs_NAME and ip_vs_pe_NAME are loaded when they are asked for',
  ],
  needsRight: 'persistence engines',
  byService: false,
  find: (evidence) => [
    ...eachService(evidence, (service) =>
      service.service.scheduler !== noScheduler
        ? []
        : [
            {
              check: 'module-missing',
              severity: 'error',
              subject: ofService(service),
              lookedAt: 'its scheduler',
              found: 'there is none',
              matters: 'every new connection is rejected',
              mend: [onDirector(`lvstop scheduler ${serviceWord(service)} wlc`)],
            },
          ],
    ),
    ...neededModules(evidence.services.map(({ service }) => service))
      .filter((name) => evidence.machine.module(name) === 'missing')
      .map(
        (name): Finding => ({
          check: 'module-missing',
          severity: 'warning',
          subject: director,
          lookedAt: `/proc/modules and /lib/modules (${visible(name)})`,
          found: 'it is neither loaded nor on disk',
          matters: 'services that use it cannot be made again, after a reboot for one',
          mend: [
            adviceForDirector(
              'install the modules of the running kernel, or choose another scheduler; after an upgrade of the kernel, reboot',
            ),
          ],
        }),
      ),
  ],
};

function neededModules(
  services: readonly { readonly scheduler: string; readonly engine: string | null }[],
): string[] {
  const names = new Set<string>();
  for (const { scheduler, engine } of services) {
    if (scheduler !== noScheduler) names.add(`ip_vs_${scheduler}`);
    if (engine !== null) names.add(`ip_vs_pe_${engine}`);
  }
  return [...names];
}
