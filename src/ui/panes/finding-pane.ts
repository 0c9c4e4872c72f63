import { type Finding, formatSubject, isSameFinding, subjectKey } from '../../doctor/finding.ts';
import { severitySigns } from '../../doctor/rounds/finding-text.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { openCopy } from '../dialogs/copy-dialog.tsx';
import { emptyLine, type Line, textLine } from '../kit/page.ts';
import type { Theme } from '../kit/theme.ts';
import { ageOf } from '../state/age.ts';
import { textsOfFinding } from '../state/copied-texts.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { findingPage } from './finding-page.ts';
import { PagePane } from './page-pane.ts';

/** One finding as a whole: what was looked at, what was found, why it matters, and the commands that mend it. */
export class FindingPane extends PagePane {
  readonly keys = 'Esc back  ↑ ↓ scroll  o go to the row  Y copy';
  readonly rowKey: RowKey | null;
  readonly behind: Pane;
  readonly #finding: Finding;

  constructor(desk: Desk, finding: Finding, behind: Pane) {
    super(desk);
    this.#finding = finding;
    this.behind = behind;
    this.rowKey = subjectKey(finding.subject);
  }

  protected onOwnKey(name: string): boolean {
    if (name === 'left') this.desk.closePane();
    else if (name === 'Y') openCopy(this.desk, textsOfFinding(this.#finding));
    else if (name !== 'o') return false;
    else if (this.rowKey === null || !this.desk.leadTo(this.rowKey)) {
      this.desk.say('hint', 'there is no row to go to');
    }
    return true;
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { severity, subject } = this.#finding;
    const title = `${severitySigns[severity]} ${severity}: ${formatSubject(subject)}`;
    this.paintPage(canvas, theme, `${title}${this.#age()}`, this.#linesFor(canvas.width));
  }

  #linesFor(width: number): Line[] {
    return [
      emptyLine,
      ...(this.#isStillFound() ? [] : [textLine(' ✓ it is not found any more', 'good'), emptyLine]),
      ...findingPage(this.#finding, this.desk.getState().namespace, width),
    ];
  }

  #age(): string {
    const state = this.desk.getState();
    const age = state.examination === null ? '' : ageOf(state, state.examination.time);
    return age === '' ? '' : `, looked at ${age} ago`;
  }

  #isStillFound(): boolean {
    const { examination } = this.desk.getState();
    return (
      examination === null || examination.findings.some((finding) => isSameFinding(finding, this.#finding))
    );
  }
}
