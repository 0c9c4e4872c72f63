import { userInfo } from 'node:os';

/** Whom this process runs as, as far as configuration depends on it. */
export interface Account {
  /** Effective user id; `null` where the system has none. */
  readonly userId: number | null;
  /** Home folder by the system's own list of users, which no variable changes; `null` when it has none. */
  readonly home: string | null;
  /** The variables of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

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
