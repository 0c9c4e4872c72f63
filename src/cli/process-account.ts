import { userInfo } from 'node:os';
import type { Account } from './config-places.ts';

/** The account that this process runs as. */
export function processAccount(): Account {
  return { userId: process.geteuid?.() ?? null, home: homeFolder(), environment: process.env };
}

/** Asks the system's list of users and not `$HOME`, which sudo may leave as the caller's. */
function homeFolder(): string | null {
  try {
    return userInfo().homedir;
  } catch {
    // A user id without an entry, as in some containers.
    return null;
  }
}
