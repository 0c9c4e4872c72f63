import type { SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import type { IpvsError } from '../../ipvs/error.ts';
import type { Work } from '../../system/turns.ts';
import { count } from '../steps/describe.ts';

/** Where the table is kept for the next boot, whatever stands behind it: a file as a rule. */
export interface SavedTablePlace {
  /** Its name in messages: a path, made visible. */
  readonly title: string;
  /** Some text that is another one whenever what is saved there may be another. Cheap enough for each reading. */
  stamp(): string;
  /** What is saved there. Never rejects. */
  read(): Promise<SavedTableReading>;
  /**
   * Saves a table there, whole or not at all, and keeps what it replaces. Refuses what was not there at
   * `stamp`, `null` for whatever is there. Throws an `IpvsError`; nothing was done then.
   */
  save(services: readonly SavedService[], stamp: string | null): Work<SaveResult>;
}

/** What was found where the table is saved. */
export type SavedTableReading =
  | { readonly kind: 'nothing saved' }
  | { readonly kind: 'table'; readonly services: readonly SavedService[] }
  /** This table is not made at boot, so nothing is saved for that. */
  | { readonly kind: 'no place'; readonly error: IpvsError }
  /** Something is there that is no table, has mistakes, or may not be read. */
  | { readonly kind: 'unreadable'; readonly error: IpvsError };

/** What came of saving. */
export type SaveResult =
  | { readonly kind: 'already so' }
  | {
      readonly kind: 'saved';
      /** The name under which the version before is kept; `null` when there was none. */
      readonly former: string | null;
      /** That and why what is in place may not outlast a power cut; `null` when it is on the disk. */
      readonly doubt: string | null;
    };

/** What came of saving a table, one line; `title` is where. */
export function describeSave(
  result: SaveResult,
  title: string,
  services: readonly { readonly realServers: readonly unknown[] }[],
): string {
  const realServers = services.reduce((sum, service) => sum + service.realServers.length, 0);
  const amount = `${count(services.length, 'service')}, ${count(realServers, 'real server')}`;
  if (result.kind === 'already so') return `already so: ${title} has this table (${amount})`;
  const kept = result.former === null ? '' : `; what it was before is in ${result.former}`;
  const doubt = result.doubt === null ? '' : `; ${result.doubt}`;
  return `saved to ${title}: ${amount}${kept}${doubt}`;
}
