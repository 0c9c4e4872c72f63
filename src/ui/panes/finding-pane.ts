import { type Finding, formatSubject, isSameFinding, subjectKey } from '../../doctor/finding.ts';
import { findingLines, severitySigns } from '../../doctor/finding-text.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { openCopy } from '../dialogs/copy-dialog.tsx';
import { emptyLine, type Line, span, textLine } from '../kit/page.ts';
import type { Theme } from '../kit/theme.ts';
import { ageOf } from '../state/age.ts';
import { textsOfFinding } from '../state/copied-texts.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { severityRoles } from '../table/finding-marks.ts';
import { PagePane } from './page-pane.ts';

/** Cells of the labels before what is said. */
const labelWidth = 11;
/** Longer lines are hard to read. */
const longestText = 100;

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
    const room = Math.max(10, Math.min(longestText, width - labelWidth - 1));
    return [
      emptyLine,
      ...(this.#isStillFound() ? [] : [textLine(' ✓ it is not found any more', 'good'), emptyLine]),
      ...findingLines(this.#finding, this.desk.getState().namespace).flatMap(
        ({ kind, label, text }): Line[] =>
          kind === 'command'
            ? [emptyLine, ...commandLines(text, width).map((line) => textLine(line, 'strong')), emptyLine]
            : wrapText(text, room).map((line, place) => [
                span(1, place === 0 ? label : '', 'dim'),
                span(
                  1 + labelWidth,
                  line,
                  label === 'found' ? severityRoles[this.#finding.severity] : undefined,
                ),
              ]),
      ),
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

/** A command from the first cell on, so that lines can be selected whole; broken as a shell would take it up again. */
function commandLines(command: string, width: number): string[] {
  const lines = wrapText(command, Math.max(10, width - 2));
  return lines.map((line, place) => (place < lines.length - 1 ? `${line} \\` : line));
}
