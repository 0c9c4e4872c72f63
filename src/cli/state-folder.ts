import { isAbsolute, join } from 'node:path';
import type { Account } from './config-places.ts';

/**
 * The folder that keeps what lvstop must not forget; `null` where an account has none. Root's is fixed: under sudo
 * the variables are the caller's, who could make root write where he likes.
 */
export function stateFolder({ userId, home, environment }: Account): string | null {
  if (userId === 0) return '/var/lib/lvstop';
  const state = absolute(environment.XDG_STATE_HOME);
  if (state !== null) return join(state, 'lvstop');
  const userHome = absolute(environment.HOME) ?? absolute(home);
  return userHome === null ? null : join(userHome, '.local', 'state', 'lvstop');
}

/** A relative path would lead into the current folder, so it counts as none. */
function absolute(path: string | null | undefined): string | null {
  return path !== null && path !== undefined && isAbsolute(path) ? path : null;
}
