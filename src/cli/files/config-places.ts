import { isAbsolute, join } from 'node:path';
import type { Account } from '../context/account.ts';

/** Where configuration is read and kept. */
export interface ConfigPlaces {
  /** Files that are read, the later wins. */
  readonly files: readonly string[];
  /** The file that settings are kept in, one of `files`; `null` where there is no home folder. */
  readonly own: string | null;
}

/** The settings of the whole machine; the package has an example of this file. */
const ofMachine = '/etc/lvstop/config.toml';

/**
 * The places of an account. Root's are fixed: under sudo, `$HOME` and `$XDG_CONFIG_HOME` are the caller's, who could
 * make root read and write what he likes. The current folder is never looked at. The file `named` on the command line
 * takes the place of the account's own; the file of the whole machine counts all the same.
 */
export function configPlaces(account: Account, named?: string): ConfigPlaces {
  const own = named ?? ownFile(account);
  return { files: [ofMachine, ...(own === null ? [] : [own])], own };
}

function ownFile({ userId, home, environment }: Account): string | null {
  const ownHome = absolute(home);
  if (userId === 0) return ownHome === null ? null : join(ownHome, '.config', ...name);
  const userHome = absolute(environment.HOME) ?? ownHome;
  const folder =
    absolute(environment.XDG_CONFIG_HOME) ?? (userHome === null ? null : join(userHome, '.config'));
  return folder === null ? null : join(folder, ...name);
}

const name = ['lvstop', 'config.toml'] as const;

/** A relative path would lead into the current folder, so it counts as none. */
function absolute(path: string | null | undefined): string | null {
  return path !== null && path !== undefined && isAbsolute(path) ? path : null;
}
