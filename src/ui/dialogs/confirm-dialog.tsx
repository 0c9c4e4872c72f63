import { useMemo } from 'react';
import type { Intention } from '../../changes/plan/intention.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { Desk, WhenDone } from '../state/desk.ts';
import { type Preview, previewOf } from '../state/preview.ts';
import { targetRows, withoutCovered } from '../state/targets.ts';
import { whenWorkedOut } from '../state/when-worked-out.ts';
import type { Row } from '../table/row.ts';
import { useDesk, usePage } from './dialog-context.ts';
import { mostRead, previewLines } from './preview-lines.ts';
import { ScrolledDialog } from './scrolled-dialog.tsx';
import { useForesight } from './use-foresight.ts';

/** Cells of the dialog's width. */
const width = 76;

/** What the dialog asks about. */
interface ConfirmDialogProps {
  readonly title: string;
  readonly preview: Preview;
  /** Called when all of it was done. */
  readonly onDone?: WhenDone | undefined;
}

/**
 * Asks before something is destroyed or interrupted, and tells all that it does, however much that is. It is confirmed
 * with y, which is never the key that brought the question up.
 */
export function ConfirmDialog({ title, preview, onDone }: ConfirmDialogProps) {
  const desk = useDesk();
  const page = usePage();
  const told = useMemo(() => previewLines(preview, mostRead), [preview]);
  const lines = [...told, ...useForesight(preview, { width: width - 4 })];
  const own = preview.kind === 'plan' ? 'y do it   n Esc leave it' : 'Esc close';
  return (
    <ScrolledDialog
      title={title}
      keys={() => (page.isScrolled ? `${own}   ↑ ↓ scroll` : own)}
      width={width}
      height="whole"
      lines={lines}
      page={page}
      onKey={(key) => {
        if (key.text === 'y') void desk.perform(preview, onDone);
        else if (key.text === 'n' || (preview.kind !== 'plan' && !page.isScrolled)) desk.closeDialog();
        else return false;
        return true;
      }}
    />
  );
}

/** Asks before an edit that one key on a service makes to all of its real servers; other edits go the usual way. */
export function confirmWhole(
  desk: Desk,
  title: string,
  services: number,
  preview: Preview,
  usually: (preview: Preview) => void,
  onDone?: () => void,
): void {
  if (services > 0 && preview.kind === 'plan') {
    desk.openDialog(<ConfirmDialog title={title} preview={preview} onDone={onDone} />);
  } else usually(preview);
}

/** ` of tcp:203.0.113.10:80` behind the number of real servers that an edit goes to, where it means all of a service. */
export function ofServices(rows: readonly Row[], services: number): string {
  if (services === 0) return '';
  const [first] = rows;
  return services === 1 && first !== undefined ? ` of ${first.service.key}` : ` of ${services} services`;
}

/**
 * Asks whether the tagged rows, or the one under the cursor, shall be deleted; for thousands, once the plan is worked
 * out.
 */
export function confirmDelete(desk: Desk): void {
  const rows = targetRows(desk);
  const what = rows.length === 1 ? `this ${rows[0]?.kind}` : `these ${rows.length}`;
  const work = previewOf(desk.director, () => deletions(rows));
  whenWorkedOut(desk, `working out what deleting these ${rows.length} would do …`, work, (preview) =>
    desk.openDialog(<ConfirmDialog title={`Delete ${what}?`} preview={preview} />),
  );
}

/** Asks whether counters shall be zeroed, of one service or of all. */
export function confirmZero(desk: Desk, service: ServiceIdentity | null): void {
  const preview = allAtOnce(previewOf(desk.director, () => [{ kind: 'zero', service }]));
  const what = service === null ? 'all services' : 'this service';
  desk.openDialog(<ConfirmDialog title={`Zero the counters of ${what}?`} preview={preview} />);
}

/** Deleting a service deletes its real servers, which need no deletion of their own then. */
function deletions(rows: readonly Row[]): Intention[] {
  return withoutCovered(rows).map((row) =>
    row.kind === 'service'
      ? { kind: 'delete service', service: row.service.service.identity }
      : {
          kind: 'delete real server',
          service: row.service.service.identity,
          realServer: row.realServer.realServer.identity,
        },
  );
}
