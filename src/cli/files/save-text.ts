import type { SaveResult } from '../../changes/saved/saved-table-place.ts';
import { isShellScript } from '../../formats/ipvsadm/shell-script.ts';
import { readKeepalived } from '../../formats/keepalived/read.ts';
import { noSurroundings } from '../../formats/keepalived/surroundings.ts';
import { recogniseFormat } from '../../formats/recognise.ts';
import { onlySource } from '../../formats/source-lines.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { Work } from '../../system/turns.ts';
import { fileTitle, readPresentText, writeSavedText } from './saved-table-file.ts';

/**
 * Saves the text of a table in a file, whole or not at all, and keeps what it replaces. Only a saved table is
 * replaced. Throws an input `IpvsError`; nothing was done then.
 */
export function* saveText(path: string, text: string): Work<SaveResult> {
  const present = readPresentText(path, 'save');
  if (present === text) return { kind: 'already so' };
  if (present !== undefined) requireSavedTable(path, present);
  const { former, doubt } = yield* writeSavedText(path, text);
  return { kind: 'saved', former: former === null ? null : fileTitle(former), doubt };
}

/** Refuses to replace anything but a saved table: where another kind of file is there, the name is a mistake. */
function requireSavedTable(path: string, present: string): void {
  const format = recogniseFormat(present);
  if (format === undefined || format === 'listing' || isShellScript(present)) {
    throw IpvsError.input(
      'foreign-content',
      'save',
      fileTitle(path),
      'what stands there is not a saved table',
      'give another file, or remove it first; nothing was done',
    );
  }
  const foreign = format === 'keepalived' ? foreignIn(present) : undefined;
  if (foreign !== undefined) {
    throw IpvsError.input(
      'foreign-content',
      'save',
      fileTitle(path),
      `it has more than a table, "${foreign.what}" in line ${foreign.line} for one, which would be lost`,
      'save to a file of its own; nothing was done',
    );
  }
}

/** The first thing in a keepalived.conf that a table does not have; `undefined` where there is none. */
function foreignIn(text: string): { readonly line: number; readonly what: string } | undefined {
  const { notApplied, corrected, settings } = readKeepalived(onlySource(text), noSurroundings).configuration;
  return notApplied[0] ?? settings[0] ?? corrected[0];
}
