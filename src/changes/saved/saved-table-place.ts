import type { SavedService } from '../../formats/ipvsadm/ipvsadm.ts';
import type { IpvsError } from '../../ipvs/error.ts';
import type { Work } from '../../system/turns.ts';
import { count } from '../steps/describe.ts';

/** Where the table is kept for the next boot, usually a file. */
export interface SavedTablePlace {
  /** Its name in messages: a path, made safe to show. */
  readonly title: string;
  /** A text that changes whenever what is saved there may have changed. Cheap enough to ask for at each reading. */
  stamp(): string;
  /** What is saved there. Never rejects. */
  read(): Promise<SavedTableReading>;
  /**
   * Saves a table there, whole or not at all, and keeps what it replaces. Refuses if what is saved has changed since
   * `stamp` was taken; `null` replaces whatever is there. Throws an `IpvsError`; then nothing was done.
   */
  save(services: readonly SavedService[], stamp: string | null): Work<SaveResult>;
}

/** What was found where the table is saved. */
export type SavedTableReading =
  | { readonly kind: 'nothing saved' }
  | { readonly kind: 'table'; readonly services: readonly SavedService[] }
  /** This table is not restored at boot, so there is no place to save it. */
  | { readonly kind: 'no place'; readonly error: IpvsError }
  /** What is there is not a table, has mistakes, or may not be read. */
  | { readonly kind: 'unreadable'; readonly error: IpvsError };

/** The result of saving. */
export type SaveResult =
  | { readonly kind: 'already so' }
  | {
      readonly kind: 'saved';
      /** The name under which the previous version is kept; `null` when there was none. */
      readonly former: string | null;
      /** A clause saying why what was saved may not survive a power cut; `null` when it is on disk. */
      readonly doubt: string | null;
    };

/** The result of saving a table, in one line; `title` says where. */
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
