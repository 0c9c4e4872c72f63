import type { Director, PublicDirector } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { CommandContext, DirectorChoice } from '../context/context.ts';

/** What a command says when it reads without the right. */
const publicNotice =
  'read-only, from /proc: this user lacks CAP_NET_ADMIN, so counters, rates and thresholds of single services are missing; run lvstop with sudo for all';

/**
 * Opens the director, or, where only the right to it is missing, what everybody may read of it. Throws as
 * `openDirector` does where neither can be read.
 */
export async function openReadable(
  context: CommandContext,
  choice: DirectorChoice,
): Promise<Director | PublicDirector> {
  try {
    return await context.openDirector(choice);
  } catch (error) {
    if (!(error instanceof IpvsError) || error.errno !== 'EPERM') throw error;
    const director = await (context.openPublicDirector ?? openPublicDirector)();
    try {
      director.info();
    } catch {
      // The missing right is the first thing to mend, so its error and advice are told.
      throw error;
    }
    return director;
  }
}

/** Opens a director for reading, for as long as `use` takes; says where not all can be read. */
export async function withReadableDirector<Result>(
  context: CommandContext,
  choice: DirectorChoice,
  use: (director: Director | PublicDirector) => Result | Promise<Result>,
): Promise<Result> {
  const director = await openReadable(context, choice);
  try {
    if (director.access === 'public') context.console.err(publicNotice);
    return await use(director);
  } finally {
    director.close();
  }
}

async function openPublicDirector(): Promise<PublicDirector> {
  const { openProcDirector } = await import('../../director/procfs/proc-director.ts');
  return openProcDirector();
}
