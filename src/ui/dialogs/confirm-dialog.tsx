import type { Intention } from '../../changes/intention.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { type Preview, previewOf } from '../preview.ts';
import type { Row } from '../rows.ts';
import { targetRows } from '../targets.ts';
import { PlanPreview } from './plan-preview.tsx';

/** Asks before something is destroyed or interrupted. Its key, y, asks for nothing anywhere else. */
export class ConfirmDialog implements Dialog {
  readonly title: string;
  readonly width = 76;
  readonly height = 10;
  readonly #controller: Controller;
  readonly #preview: Preview;
  readonly #onDone: (() => void) | undefined;

  /** `onDone` is called when all of it was done. */
  constructor(controller: Controller, title: string, preview: Preview, onDone?: () => void) {
    this.#controller = controller;
    this.title = title;
    this.#preview = preview;
    this.#onDone = onDone;
  }

  get keys(): string {
    return this.#preview.kind === 'plan' ? 'y do it   n Esc leave it' : 'Esc close';
  }

  onKey(key: KeyEvent): void {
    if (key.text === 'y') void this.#controller.perform(this.#preview, this.#onDone);
    else if (key.text === 'n' || this.#preview.kind !== 'plan') this.#controller.closeDialog();
  }

  render(_width: number, height: number) {
    return <PlanPreview preview={this.#preview} limit={Math.max(1, height - 4)} />;
  }
}

/** Asks whether the rows under the cursor or tagged shall be deleted. */
export function confirmDelete(controller: Controller): void {
  const rows = targetRows(controller);
  const preview = previewOf(controller.director, () => deletions(rows));
  const what =
    rows.length === 1
      ? rows[0]?.kind === 'service'
        ? 'Delete this service?'
        : 'Delete this real server?'
      : `Delete these ${rows.length}?`;
  controller.openDialog(new ConfirmDialog(controller, what, preview));
}

/** Asks whether counters shall be zeroed, of one service or of all. */
export function confirmZero(controller: Controller, service: ServiceIdentity | null): void {
  const preview = previewOf(controller.director, () => [{ kind: 'zero', service }]);
  const what = service === null ? 'Zero the counters of all services?' : 'Zero the counters of this service?';
  controller.openDialog(new ConfirmDialog(controller, what, preview));
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
