import type { Intention } from '../../changes/plan/intention.ts';
import {
  type ForwardingMode,
  forwardingMethods,
  forwardingModes,
  isForwardingMode,
} from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { Desk } from '../state/desk.ts';
import { targetRows, withoutCovered } from '../state/targets.ts';
import type { Row } from '../table/row.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import { useDesk } from './dialog-context.ts';
import { openSwitch } from './switch-dialog.tsx';

/** Chooses the forwarding mode of real servers: of one, of all tagged, or of all of a service; `first` is where the cursor begins. */
export function openMode(desk: Desk, first?: string): void {
  desk.openDialog(<ModeDialog rows={targetRows(desk)} first={first} />);
}

function ModeDialog({ rows, first }: { rows: readonly Row[]; first: string | undefined }) {
  const desk = useDesk();
  const present = presentMode(rows);
  const title = `Mode of ${titleOf(rows)}`;
  return (
    <ChoiceDialog
      title={title}
      choices={choices}
      present={present}
      first={first ?? present}
      intentions={(mode) => intentionsOf(rows, mode)}
      confirm={(preview, mode, usually) => {
        // It is asked whatever the plan says: where real servers are not set up for the mode, clients get no answers
        // any more.
        if (preview.kind === 'plan')
          openSwitch(desk, `Switch ${titleOf(rows)} to ${mode.toUpperCase()}?`, preview);
        else usually(preview);
      }}
    />
  );
}

const choices = forwardingModes.map((mode) => ({ name: mode, meaning: forwardingMethods[mode].meaning }));

function intentionsOf(rows: readonly Row[], mode: string): Intention[] {
  if (!isForwardingMode(mode)) return [];
  return withoutCovered(rows).map((row) => ({
    kind: 'switch mode',
    service: row.service.service.identity,
    realServer: row.kind === 'service' ? null : row.realServer.realServer.identity,
    mode,
  }));
}

function titleOf(rows: readonly Row[]): string {
  const [row] = rows;
  if (rows.length !== 1 || row === undefined) return `${rows.length} tagged`;
  return row.kind === 'service'
    ? `all ${row.service.realServers.length} real servers of ${formatService(row.service.service.identity)}`
    : formatRealServer(row.realServer.realServer.identity);
}

/** The mode that all real servers of the rows have; `undefined` where they differ. */
function presentMode(rows: readonly Row[]): ForwardingMode | undefined {
  const methods = new Set(
    rows
      .flatMap((row) => (row.kind === 'service' ? row.service.realServers : [row.realServer]))
      .map(({ realServer }) => realServer.forwarding),
  );
  const [method] = methods;
  return methods.size === 1 && method !== undefined && isForwardingMode(method) ? method : undefined;
}
