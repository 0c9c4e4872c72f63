import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import type { RecordedEdit } from '../../changes/journal/record.ts';
import { count } from '../../changes/steps/describe.ts';
import { changeName, planUndo, type UndoPlan } from '../../changes/undo/plan-undo.ts';
import type { Director } from '../../director/director.ts';
import { type ChangedHunk, hunksBetween, hunksNow } from '../../formats/settings/line-edits.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import { bytesOf, decodedLine, linesOf } from '../file-lines.ts';
import { type ManagedConfiguration, placeText } from '../managed-configuration.ts';
import type { LastingChange } from './lasting-change.ts';
import { trackedFile } from './tracked-plan.ts';

/** Most lines of a file that are told of one version. */
const linesTold = 3;

/** What takes a change back in all places that it was made in. */
export interface WholeUndo extends UndoPlan {
  /** The undo with the file of keepalived's in which the change was made lasting; `null` where it is of the table only. */
  readonly lasting: LastingChange | null;
}

/**
 * Plans to take a change back: in the table, and where it was made lasting in keepalived's file too, both looked at as
 * they are now. Of the table only where the file says again what it said before. Throws as `planUndo` does; the
 * `conflict` is about both places, with both versions of each that was changed since. `read` reads keepalived's
 * configuration, `null` where none runs.
 */
export function* planWholeUndo(
  director: Director,
  change: JournalledChange,
  read: () => Work<ManagedConfiguration | null>,
): Work<WholeUndo> {
  const { file } = change;
  if (file === null) return Object.assign(yield* planUndo(director, change), { lasting: null });
  const managed = yield* read();
  if (managed === null) throw withoutKeepalived(change);
  const { path } = file;
  const configuration = managed.files.get(path);
  const found = fileUndo(file, configuration ?? trackedFile(managed, path));
  let plan: UndoPlan;
  try {
    plan = yield* planUndo(director, change);
  } catch (error) {
    if (!(error instanceof IpvsError) || error.code !== 'changed-since' || found.kind === 'undo') throw error;
    throw conflict(change, [error.reason, found.reason]);
  }
  if (found.kind === 'conflict') throw conflict(change, [found.reason]);
  const { edit } = found;
  const lasting =
    edit === null
      ? null
      : {
          managed,
          way: configuration === undefined ? ('track_file' as const) : ('reload' as const),
          edit,
          plan,
          remaining: () => planUndo(director, change),
        };
  return Object.assign(plan, { lasting, isNothing: lasting === null && plan.isNothing });
}

type FileUndo =
  /** `edit` is `null` where the file says again what it said before. */
  | { readonly kind: 'undo'; readonly edit: LastingChange['edit'] | null }
  | { readonly kind: 'conflict'; readonly reason: string };

function fileUndo({ path, hunks }: RecordedEdit, before: Buffer | undefined): FileUndo {
  if (before === undefined) {
    return { kind: 'conflict', reason: `keepalived does not read ${visible(path)} any more` };
  }
  const lines = linesOf(before);
  const found = hunksNow(lines, hunks);
  switch (found.kind) {
    case 'taken back':
      return { kind: 'undo', edit: null };
    case 'changed':
      return {
        kind: 'conflict',
        reason: found.changed.map((changed) => changedClause(path, changed)).join('; '),
      };
    case 'there': {
      const { back } = found;
      return { kind: 'undo', edit: { path, before, after: bytesOf(back), hunks: hunksBetween(lines, back) } };
    }
  }
}

function changedClause(path: string, { hunk: { added }, line, now }: ChangedHunk): string {
  return `${placeText({ path, line })} was changed since: this change left ${quoted(added)}, and it is ${quoted(now)}`;
}

function quoted(lines: readonly string[]): string {
  if (lines.length === 0) return 'nothing there';
  const told = lines.slice(0, linesTold).map((line) => `"${visible(decodedLine(line).trim())}"`);
  const rest = lines.length - told.length;
  return `${told.join(', ')}${rest > 0 ? ` and ${count(rest, 'line')} more` : ''}`;
}

function conflict(change: JournalledChange, reasons: readonly string[]): IpvsError {
  return new IpvsError({
    code: 'changed-since',
    operation: 'undo',
    object: changeName(change),
    reason: reasons.join('; '),
    advice: 'nothing was written; undo the later change first, or edit it by hand',
  });
}

function withoutKeepalived(change: JournalledChange): IpvsError {
  return IpvsError.input(
    'not-undoable',
    'undo',
    changeName(change),
    'it was made in a file of keepalived, too, and no keepalived is seen here',
    'start it; nothing was done',
  );
}
