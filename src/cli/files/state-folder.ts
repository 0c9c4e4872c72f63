import { isAbsolute, join } from 'node:path';
import type { Account } from '../context/account.ts';

/**
 * The folder that keeps what lvstop must not forget; `null` where an account has none. Root's is fixed: under sudo
 * the variables are the caller's, who could make root write where he likes. A unit with a user of its own gets
 * `StateDirectory=` from systemd; of several the first is taken.
 */
export function stateFolder({ userId, home, environment }: Account): string | null {
  if (userId === 0) return '/var/lib/lvstop';
  const given = absolute(environment.STATE_DIRECTORY?.split(':')[0]);
  if (given !== null) return given;
  const state = absolute(environment.XDG_STATE_HOME);
  if (state !== null) return join(state, 'lvstop');
  const userHome = absolute(environment.HOME) ?? absolute(home);
  return userHome === null ? null : join(userHome, '.local', 'state', 'lvstop');
}

/** A relative path would lead into the current folder, so it counts as none. */
function absolute(path: string | null | undefined): string | null {
  return path !== null && path !== undefined && isAbsolute(path) ? path : null;
}
