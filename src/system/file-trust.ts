import type { Stats } from 'node:fs';

/** Who may have written a file for its content to be trusted. */
export interface Keeping {
  /** Whose it must be; `null` where the system has no user ids. */
  readonly userId: number | null;
  /**
   * `settings` may be root's as well, and anybody may read them. `records`, which say what is done to a table, are this
   * user's alone.
   */
  readonly of: 'settings' | 'records';
}

interface Demand {
  /** Bits of the mode that must not be there. */
  readonly rights: number;
  readonly refusal: string;
}

/** Write permission of the group and of all others. */
const writableByOthers = 0o022;

const demands: Record<Keeping['of'], Record<'file' | 'folder', Demand>> = {
  settings: {
    file: { rights: writableByOthers, refusal: 'it can be written by others (chmod go-w helps)' },
    folder: { rights: writableByOthers, refusal: 'its folder can be written by others (chmod go-w helps)' },
  },
  records: {
    file: { rights: 0o077, refusal: 'others have rights to it (chmod 600 helps)' },
    folder: { rights: writableByOthers, refusal: 'its folder can be written by others (chmod 700 helps)' },
  },
};

/** Why a file, or the folder that it is in, is not trusted, one clause; `undefined` where it is. */
export function refusalOf(
  stats: Stats,
  what: 'file' | 'folder',
  { userId, of }: Keeping,
): string | undefined {
  if (what === 'file' && of === 'records' && stats.nlink > 1)
    return 'it has a second name, so others may hold it';
  const isOwn = userId === null || stats.uid === userId || (of === 'settings' && stats.uid === 0);
  if (!isOwn) {
    const wanted = of === 'settings' ? `user ${userId} or root` : `user ${userId}`;
    return `${what === 'file' ? 'it' : 'its folder'} belongs to user ${stats.uid} and not to ${wanted}`;
  }
  const { rights, refusal } = demands[of][what];
  return (stats.mode & rights) === 0 ? undefined : refusal;
}
