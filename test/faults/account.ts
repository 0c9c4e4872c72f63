/** Whose files the tests of faults use: those of an account without a user id, below one folder. */
import { dirname, join } from 'node:path';
import type { Account } from '../../src/cli/context/account.ts';

/** The account that keeps its journal and drains in `state`, and its settings beside that. */
export function accountOf(state: string): Account {
  return {
    userId: null,
    home: null,
    environment: { STATE_DIRECTORY: state, XDG_CONFIG_HOME: join(dirname(state), 'config') },
  };
}
