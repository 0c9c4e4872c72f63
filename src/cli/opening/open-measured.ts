import packageDescription from '../../../package.json' with { type: 'json' };
import type { Director, PublicDirector } from '../../director/director.ts';
import type { MeasuredDirectorOptions } from '../../fleet/measured-director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { findKeepalived } from '../../manager/keepalived/keepalived-process.ts';
import type { ProbingSources } from '../../probe/probing.ts';
import type { CommandContext, DirectorChoice } from '../context/context.ts';
import { openMachine, openNetwork } from './open-host.ts';
import { savedStateOf } from './saved-state.ts';

/** What is told beside a table. */
export interface MeasuredChoice extends DirectorChoice {
  readonly doctor: boolean;
  /** Milliseconds within which each real server is probed once; nobody is where it is `null` or left out. */
  readonly probeEvery?: number | null;
}

/** Opens what metrics and summaries tell beside a director's table; without `doctor` it is not examined. */
export async function openMeasured(
  context: CommandContext,
  director: Director | PublicDirector,
  { demo, doctor, probeEvery = null }: MeasuredChoice,
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
    ...(probeEvery !== null && {
      probing: await openProbing(context, { director, network, machine }, probeEvery),
    }),
    version: packageDescription.version,
  };
}

async function openProbing({ console }: CommandContext, sources: ProbingSources, every: number) {
  const { Probing } = await import('../../probe/probing.ts');
  const probing = new Probing(sources, () => {
    const { standing } = probing;
    if (standing.kind === 'failed') console.err(`warning: real servers are not probed: ${standing.reason}`);
  });
  probing.interval = every;
  return probing;
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
