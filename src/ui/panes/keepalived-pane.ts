import { count } from '../../changes/steps/describe.ts';
import { stepObjectText } from '../../changes/steps/step-kinds.ts';
import { visible } from '../../ipvs/visible.ts';
import { causeLines, foundText } from '../../manager/drift-text.ts';
import { dumpFiles } from '../../manager/keepalived/keepalived-dump.ts';
import type { KeepalivedProcess } from '../../manager/keepalived/keepalived-process.ts';
import type { VrrpState } from '../../manager/keepalived/vrrp.ts';
import { instanceText } from '../../manager/keepalived/vrrp-text.ts';
import type { ManagerView, SayingSources } from '../../manager/manager-watch.ts';
import { sinceText } from '../../manager/since-text.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { type Line, span } from '../kit/page.ts';
import type { StyleRole, Theme } from '../kit/theme.ts';
import { momentOf } from '../state/age.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { PagePane } from './page-pane.ts';

/** Longer lines are hard to read. */
const longestLine = 110;

/** keepalived's VRRP instances, and what the table differs from its configuration in, in place of the table. */
export class KeepalivedPane extends PagePane {
  readonly keys = 'Esc back  ↑ ↓ scroll  a ask keepalived itself';
  readonly command = 'keepalived';
  readonly behind: Pane | null;
  readonly rowKey = null;

  constructor(desk: Desk) {
    super(desk);
    this.behind = desk.getState().pane;
  }

  protected onOwnKey(name: string): boolean {
    if (name !== 'a') return false;
    void this.desk.askKeepalived();
    return true;
  }

  paint(canvas: Canvas, theme: Theme): void {
    const state = this.desk.getState();
    const { manager } = state;
    const now = momentOf(state);
    this.paintPage(
      canvas,
      theme,
      titleOf(manager),
      linesOf(manager, Math.min(canvas.width, longestLine), now),
    );
  }
}

function titleOf(manager: ManagerView): string {
  if (manager.kind === 'none') return 'No keepalived runs beside this table';
  const { pid, file } = manager.kind === 'keepalived' ? manager.managed.keepalived : manager.keepalived;
  return `keepalived (process ${pid}) by ${visible(file)}`;
}

function linesOf(manager: ManagerView, width: number, now: number): Line[] {
  const told = (text: string, role?: StyleRole, indent = 0): Line[] =>
    wrapText(text, Math.max(1, width - indent)).map((part) => [
      span(0, `${' '.repeat(indent)}${part}`, role),
    ]);
  if (manager.kind === 'none') {
    return told(
      'What keeps the table is looked for in this network namespace. S saves the table for the next boot.',
    );
  }
  if (manager.kind === 'unreadable') {
    return told(`▲ What it has is not known: ${visible(manager.reason)}`, 'warning');
  }
  const { drifts, instances, sources, managed } = manager;
  return [
    ...instances.flatMap((instance) => [
      ...told(
        `${stateSigns[instance.state].sign} ${instanceText(instance, now)}`,
        stateSigns[instance.state].role,
      ),
      ...told(instance.addresses.join(', '), 'dim', 4),
    ]),
    ...(instances.length > 0 ? [[]] : []),
    ...(drifts.length === 0
      ? told('✓ The table is what it has in its files.', 'good')
      : told(`▲ The table has ${count(drifts.length, 'difference')}:`, 'warning')),
    ...drifts.flatMap((drift) => [
      [],
      ...told(stepObjectText(drift.step), 'strong'),
      ...told(foundText(drift), undefined, 4),
      ...causeLines(drift, now).flatMap((line) => told(line, 'dim', 4)),
    ]),
    [],
    ...told(sourceText(sources, now), 'dim'),
    ...told(askText(managed.keepalived), 'dim'),
  ];
}

function sourceText({ log, asked }: SayingSources, now: number): string {
  const heard =
    log === null
      ? 'Its log is being looked for.'
      : log.kind === 'read'
        ? `What it says comes from ${log.source}.`
        : `Its log is not read: ${log.reason}.`;
  return asked === null ? heard : `${heard} It was asked at ${sinceText(asked, now)}.`;
}

function askText(keepalived: KeepalivedProcess): string {
  const { vrrp, checks } = dumpFiles(keepalived);
  return `a asks it: on SIGUSR1 it writes its state over ${visible(vrrp)} and ${visible(checks)}, and goes on.`;
}

const stateSigns: Readonly<Record<VrrpState, { readonly sign: string; readonly role?: StyleRole }>> = {
  master: { sign: '●', role: 'good' },
  backup: { sign: '○' },
  fault: { sign: '✗', role: 'error' },
  partly: { sign: '▲', role: 'warning' },
  unknown: { sign: '·', role: 'dim' },
};
