import type { Intention } from '../../changes/plan/intention.ts';
import {
  type ForwardingMode,
  forwardingMethods,
  forwardingModes,
  isForwardingMode,
} from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { Desk } from '../state/desk.ts';
import type { Preview } from '../state/preview.ts';
import type { Row } from '../table/row.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import { SwitchDialog } from './switch-dialog.tsx';

/** Chooses the forwarding mode of real servers: of one, of all tagged, or of all of a service. */
export class ModeDialog extends ChoiceDialog {
  readonly title: string;
  readonly height = 15;
  readonly #rows: readonly Row[];

  /** `chosen` is the mode to begin with, the present one when not given. */
  constructor(desk: Desk, rows: readonly Row[], chosen?: string) {
    super(
      desk,
      forwardingModes.map((mode) => ({ name: mode, meaning: forwardingMethods[mode].meaning })),
      presentMode(rows),
      chosen,
    );
    this.#rows = rows;
    this.title = `Mode of ${titleOf(rows)}`;
  }

  /** Whatever the plan interrupts: where real servers are not ready for the mode, clients are not answered any more. */
  protected override confirm(preview: Preview): void {
    if (preview.kind !== 'plan') {
      super.confirm(preview);
      return;
    }
    const title = `Switch ${titleOf(this.#rows)} to ${this.chosen?.name.toUpperCase() ?? ''}?`;
    this.desk.openDialog(new SwitchDialog(this.desk, title, preview, this));
  }

  protected intentions(): Intention[] {
    const mode = this.chosen?.name ?? '';
    if (!isForwardingMode(mode)) return [];
    // A service's switch covers its real servers already.
    const services = new Set(this.#rows.filter(({ kind }) => kind === 'service').map(({ key }) => key));
    return this.#rows
      .filter((row) => row.kind === 'service' || !services.has(row.service.key))
      .map((row) => ({
        kind: 'switch mode',
        service: row.service.service.identity,
        realServer: row.kind === 'service' ? null : row.realServer.realServer.identity,
        mode,
      }));
  }
}

function titleOf(rows: readonly Row[]): string {
  const [row] = rows;
  if (rows.length !== 1 || row === undefined) return `${rows.length} tagged`;
  return row.kind === 'service'
    ? `all ${row.service.realServers.length} real servers of ${formatService(row.service.service.identity)}`
    : formatRealServer(row.realServer.realServer.identity);
}

/** The mode that all of them have, if they have one. */
function presentMode(rows: readonly Row[]): ForwardingMode | undefined {
  const methods = new Set(
    rows
      .flatMap((row) => (row.kind === 'service' ? row.service.realServers : [row.realServer]))
      .map(({ realServer }) => realServer.forwarding),
  );
  const [method] = methods;
  return methods.size === 1 && method !== undefined && isForwardingMode(method) ? method : undefined;
}
