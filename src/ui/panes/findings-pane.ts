import { type Finding, formatSubject, isSameFinding, subjectKey } from '../../doctor/finding.ts';
import { countFindings, severitySigns } from '../../doctor/rounds/finding-text.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import { fitToWidth, textWidth } from '../../terminal/width.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { openCopy } from '../dialogs/copy-dialog.tsx';
import { formatSpan } from '../kit/number-format.ts';
import { type Line, type Part, textLine } from '../kit/page.ts';
import { momentOf } from '../state/age.ts';
import { textsOfFinding } from '../state/copied-texts.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import type { ShownExamination } from '../state/screen-state.ts';
import { findingsOfRow, severityRoles } from '../table/finding-marks.ts';
import { rowOf } from '../table/row-list.ts';
import { findingPage } from './finding-page.ts';
import { FindingPane } from './finding-pane.ts';
import { type ListLook, ListPane } from './list-pane.ts';

/** Most cells of the subjects, if that is more than a third of the screen: the finding itself needs the rest. */
const widestSubject = 46;

/** Everything that the doctor found, in place of the table: what concerns the selected row first. */
export class FindingsPane extends ListPane<Finding> {
  readonly keys = 'Esc back  ↑ ↓ choose  Enter the whole finding  o go to the row  Y copy  ! look now';
  readonly behind: Pane | null;
  /** Key of the row whose findings come first; `null` for none. */
  readonly #firstKey: RowKey | null;
  /** The examination whose findings are listed. */
  #examination: ShownExamination | null = null;

  constructor(desk: Desk) {
    super(desk);
    const state = desk.getState();
    this.behind = state.pane;
    this.#firstKey = state.cursorKey ?? null;
  }

  /** Edits go to what the chosen finding is about. */
  get rowKey(): RowKey | null {
    this.refresh();
    return this.present === undefined ? null : subjectKey(this.present.subject);
  }

  /** The findings of the row that was selected come first; otherwise the order is the doctor's. */
  protected refresh(): void {
    const { examination, rows } = this.desk.getState();
    if (this.#examination === examination) return;
    this.#examination = examination;
    const findings = examination?.findings ?? [];
    const row = rowOf(rows, this.#firstKey ?? undefined);
    this.show([...new Set([...(row === undefined ? [] : findingsOfRow(findings, row)), ...findings])]);
  }

  protected isSame(left: Finding, right: Finding): boolean {
    return isSameFinding(left, right);
  }

  protected look(shown: readonly Finding[], width: number): ListLook<Finding> {
    const longest = Math.max(0, ...shown.map(({ subject }) => textWidth(formatSubject(subject))));
    const subjectWidth = Math.min(longest, Math.max(widestSubject, Math.floor(width / 3)));
    return {
      title: this.#title(),
      // On a narrow screen the subject is cut, since what was found matters more than whose service it is.
      line: ({ check, severity, subject, found }) =>
        ` ${severitySigns[severity]} ${fitToWidth(formatSubject(subject), subjectWidth)}  ${check}: ${found}`,
      role: ({ severity }) => severityRoles[severity],
    };
  }

  #title(): string {
    const state = this.desk.getState();
    const examination = this.#examination;
    if (examination === null) return 'Findings';
    const age = `, looked at ${formatSpan(Math.max(0, momentOf(state) - examination.time))} ago`;
    return `Findings: ${countFindings(examination.findings)}${age}`;
  }

  protected notes(width: number): string[] {
    const unseen = this.#examination?.unseen ?? [];
    return unseen.flatMap((clause) => wrapText(`▲ not looked at: ${clause}`, width));
  }

  protected override below(width: number): readonly Line[] {
    const { present } = this;
    if (present === undefined) return [];
    const rule = textLine('─'.repeat(width), 'line');
    return [rule, ...findingPage(present, this.desk.getState().namespace, width)];
  }

  protected emptyText(): Part {
    if (this.#examination === null) return { text: 'Nothing was looked at yet.' };
    return this.#examination.unseen.length === 0
      ? { text: 'Nothing is wrong as far as can be seen.', role: 'good' }
      : { text: 'Nothing was found by what could be looked at.' };
  }

  protected open(finding: Finding): void {
    this.desk.openPane(new FindingPane(this.desk, finding, this));
  }

  protected onOwnKey(name: string): boolean {
    if (name === '!') this.desk.lookNow();
    else if (name === 'o') this.#goToRow();
    else if (name === 'Y' && this.present !== undefined) openCopy(this.desk, textsOfFinding(this.present));
    else return false;
    return true;
  }

  #goToRow(): void {
    const key = this.rowKey;
    if (key === null) this.desk.say('hint', 'this finding is about the director as a whole');
    else if (!this.desk.leadTo(key)) this.desk.say('hint', 'this row is gone, or left out by the filter');
  }
}
