import type { Intention } from '../../changes/plan/intention.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Desk } from '../state/desk.ts';
import { frameHeight, frameWidth } from '../state/dialog.ts';
import { type Preview, previewOf } from '../state/preview.ts';
import { targetRows } from '../state/targets.ts';
import { whenWorkedOut } from '../state/when-worked-out.ts';
import type { Row } from '../table/row.ts';
import { previewLines } from './preview-lines.ts';
import { type DialogLine, ScrolledDialog } from './scrolled-dialog.tsx';

/**
 * Asks before something is destroyed or interrupted, and tells all that it does, however much that is. Its key, y,
 * asks for nothing anywhere else.
 */
export class ConfirmDialog extends ScrolledDialog {
  readonly title: string;
  override readonly width = 76;
  readonly #preview: Preview;
  readonly #lines: readonly DialogLine[];
  readonly #onDone: (() => void) | undefined;

  /** `onDone` is called when all of it was done. */
  constructor(desk: Desk, title: string, preview: Preview, onDone?: () => void) {
    super(desk);
    this.title = title;
    this.#preview = preview;
    this.#lines = previewLines(preview);
    this.#onDone = onDone;
  }

  get keys(): string {
    const own = this.#preview.kind === 'plan' ? 'y do it   n Esc leave it' : 'Esc close';
    return this.isScrolled ? `${own}   ↑ ↓ scroll` : own;
  }

  override get height(): number {
    return this.wholeHeight(Math.min(this.width, this.desk.tableWidth - frameWidth)) + frameHeight;
  }

  protected onOwnKey(key: KeyEvent): boolean {
    if (key.text === 'y') void this.desk.perform(this.#preview, this.#onDone);
    else if (key.text === 'n' || (this.#preview.kind !== 'plan' && !this.isScrolled)) this.desk.closeDialog();
    else return false;
    return true;
  }

  protected lines(): readonly DialogLine[] {
    return this.#lines;
  }
}

/** Asks whether the rows under the cursor or tagged shall be deleted; of thousands, once that is worked out. */
export function confirmDelete(desk: Desk): void {
  const rows = targetRows(desk);
  const what =
    rows.length === 1
      ? rows[0]?.kind === 'service'
        ? 'Delete this service?'
        : 'Delete this real server?'
      : `Delete these ${rows.length}?`;
  const work = previewOf(desk.director, () => deletions(rows));
  whenWorkedOut(desk, `working out what deleting these ${rows.length} would do …`, work, (preview) =>
    desk.openDialog(new ConfirmDialog(desk, what, preview)),
  );
}

/** Asks whether counters shall be zeroed, of one service or of all. */
export function confirmZero(desk: Desk, service: ServiceIdentity | null): void {
  const preview = allAtOnce(previewOf(desk.director, () => [{ kind: 'zero', service }]));
  const what = service === null ? 'Zero the counters of all services?' : 'Zero the counters of this service?';
  desk.openDialog(new ConfirmDialog(desk, what, preview));
}

/** A service goes with its real servers, which need no deletion of their own then. */
function deletions(rows: readonly Row[]): Intention[] {
  const services = new Set(rows.filter((row) => row.kind === 'service').map((row) => row.service.key));
  return rows
    .filter((row) => row.kind === 'service' || !services.has(row.service.key))
    .map((row) =>
      row.kind === 'service'
        ? { kind: 'delete service', service: row.service.service.identity }
        : {
            kind: 'delete real server',
            service: row.service.service.identity,
            realServer: row.realServer.realServer.identity,
          },
    );
}
