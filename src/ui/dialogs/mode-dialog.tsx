import type { Intention } from '../../changes/intention.ts';
import {
  type ForwardingMode,
  forwardingMethods,
  forwardingModes,
  isForwardingMode,
} from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { Controller } from '../controller.ts';
import type { Row } from '../rows.ts';
import { ChoiceDialog } from './choice-dialog.tsx';

/** Chooses the forwarding mode of one real server, or of all of a service. */
export class ModeDialog extends ChoiceDialog {
  readonly title: string;
  readonly height = 13;
  readonly #row: Row;

  constructor(controller: Controller, row: Row) {
    super(
      controller,
      forwardingModes.map((mode) => ({ name: mode, meaning: forwardingMethods[mode].meaning })),
      presentMode(row),
    );
    this.#row = row;
    this.title =
      row.kind === 'service'
        ? `Mode of all ${row.service.realServers.length} real servers of ${formatService(row.service.service.identity)}`
        : `Mode of ${formatRealServer(row.realServer.realServer.identity)}`;
  }

  protected intentions(): Intention[] {
    const mode = this.chosen?.name ?? '';
    if (!isForwardingMode(mode)) return [];
    const realServer = this.#row.kind === 'service' ? null : this.#row.realServer.realServer.identity;
    return [{ kind: 'switch mode', service: this.#row.service.service.identity, realServer, mode }];
  }
}

function presentMode(row: Row): ForwardingMode | undefined {
  const methods = new Set(
    row.kind === 'service'
      ? row.service.realServers.map(({ realServer }) => realServer.forwarding)
      : [row.realServer.realServer.forwarding],
  );
  const [method] = methods;
  return methods.size === 1 && method !== undefined && isForwardingMode(method) ? method : undefined;
}
