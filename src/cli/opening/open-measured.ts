import packageDescription from '../../../package.json' with { type: 'json' };
import type { Director, PublicDirector } from '../../director/director.ts';
import type { MeasuredDirectorOptions } from '../../fleet/measured-director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { findKeepalived } from '../../manager/keepalived/keepalived-process.ts';
import type { CommandContext, DirectorChoice } from '../context/context.ts';
import { openMachine, openNetwork } from './open-host.ts';
import { savedStateOf } from './saved-state.ts';

/** Opens what metrics and summaries tell beside a director's table; without `doctor` it is not examined. */
export async function openMeasured(
  context: CommandContext,
  director: Director | PublicDirector,
  { demo, doctor }: DirectorChoice & { readonly doctor: boolean },
): Promise<MeasuredDirectorOptions> {
  const totals = director.source === 'kernel' ? await openTotals() : () => null;
  const network = await (context.openNetwork ?? openNetwork)({ demo });
  const machine = await (context.openMachine ?? openMachine)({ demo });
  return {
    sources:
      doctor && director.access === 'full'
        ? { director, network, machine, saved: () => savedStateOf(director) }
        : null,
    totals,
    ...(!demo && { findKeepalived: context.findKeepalived ?? findKeepalived }),
    version: packageDescription.version,
  };
}

/** Only /proc tells what IPVS has carried in all. */
async function openTotals() {
  const { openProcDirector } = await import('../../director/procfs/proc-director.ts');
  const director = openProcDirector();
  return () => {
    try {
      return director.totals()?.counters ?? null;
    } catch (error) {
      if (error instanceof IpvsError) return null;
      throw error;
    }
  };
}
