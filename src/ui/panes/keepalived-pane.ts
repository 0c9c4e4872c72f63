import { count } from '../../changes/steps/describe.ts';
import { stepObjectText } from '../../changes/steps/step-kinds.ts';
import { visible } from '../../ipvs/visible.ts';
import { causeText, foundText } from '../../manager/drift-text.ts';
import type { ManagerView } from '../../manager/manager-watch.ts';
import type { VrrpState } from '../../manager/vrrp.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { type Line, span } from '../kit/page.ts';
import type { StyleRole, Theme } from '../kit/theme.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { PagePane } from './page-pane.ts';

/** Longer lines are hard to read. */
const longestLine = 110;

/** What keepalived has, and what the table differs from it in, in place of the table. */
export class KeepalivedPane extends PagePane {
  readonly keys = 'Esc back  ↑ ↓ scroll';
  readonly command = 'keepalived';
  readonly behind: Pane | null;
  readonly rowKey = null;

  constructor(desk: Desk) {
    super(desk);
    this.behind = desk.getState().pane;
  }

  protected onOwnKey(): boolean {
    return false;
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { manager } = this.desk.getState();
    this.paintPage(canvas, theme, titleOf(manager), linesOf(manager, Math.min(canvas.width, longestLine)));
  }
}

function titleOf(manager: ManagerView): string {
  if (manager.kind === 'none') return 'No keepalived runs beside this table';
  const { pid, file } = manager.kind === 'keepalived' ? manager.managed.keepalived : manager.keepalived;
  return `keepalived (process ${pid}) by ${visible(file)}`;
}

function linesOf(manager: ManagerView, width: number): Line[] {
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
  const { drifts, instances } = manager;
  const several = drifts.some(({ causes }) => causes.length > 1);
  return [
    ...instances.flatMap(({ name, interface: link, routerId, addresses, state }) => [
      ...told(
        `${stateWords[state].sign} VRRP ${visible(name)}: ${stateWords[state].words}${link === null ? '' : `, on ${visible(link)}`}${routerId === null ? '' : `, router ${visible(routerId)}`}`,
        stateWords[state].role,
      ),
      ...told(addresses.join(', '), 'dim', 4),
    ]),
    ...(instances.length > 0 ? [[]] : []),
    ...(drifts.length === 0
      ? told('✓ The table is what it has in its files.', 'good')
      : told(`▲ The table has ${count(drifts.length, 'difference')}:`, 'warning')),
    ...drifts.flatMap((drift) => [
      [],
      ...told(stepObjectText(drift.step), 'strong'),
      ...told(foundText(drift), undefined, 4),
      ...drift.causes.flatMap((cause) => told(`fits: ${causeText(drift, cause)}`, 'dim', 4)),
    ]),
    ...(several ? [[], ...told(howToTell, 'dim')] : []),
  ];
}

const howToTell =
  "Which of several it is, the lines of Keepalived_healthcheckers in the system's log tell (Removing, Disabling, Changing weight), and J what lvstop did.";

const stateWords: Readonly<
  Record<VrrpState, { readonly sign: string; readonly words: string; readonly role?: StyleRole }>
> = {
  master: { sign: '●', words: 'master, all its addresses are here', role: 'good' },
  backup: { sign: '○', words: 'backup, its addresses are elsewhere, as they should be' },
  partly: { sign: '▲', words: 'only some of its addresses are here', role: 'warning' },
  unknown: { sign: '·', words: 'it has no address, so that its state cannot be told', role: 'dim' },
};
