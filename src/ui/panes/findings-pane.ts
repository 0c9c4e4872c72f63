import { type Finding, formatSubject, isSameFinding, subjectKey } from '../../doctor/finding.ts';
import { countFindings, severitySigns } from '../../doctor/finding-text.ts';
import type { Examination } from '../../doctor/rounds.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { fitToWidth, textWidth, truncateToWidth } from '../../terminal/width.ts';
import { ListWindow } from '../kit/list-window.ts';
import { formatSpan } from '../kit/number-format.ts';
import type { Theme } from '../kit/theme.ts';
import { wrapText } from '../kit/wrap-text.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { findingsOfRow, severityRoles } from '../table/finding-marks.ts';
import { rowOf } from '../table/row-list.ts';
import { FindingPane } from './finding-pane.ts';

/** Rows that the title takes. */
const titleHeight = 1;
/** Widest that subjects are shown where there is more to read. */
const widestSubject = 46;

/** Everything that the doctor found, in place of the table: what concerns the selected row first. */
export class FindingsPane implements Pane {
  readonly keys = 'Esc back  ↑ ↓ choose  Enter the whole finding  o go to the row';
  readonly behind: Pane | null;
  readonly #desk: Desk;
  /** Key of the row whose findings come first; `null` for none. */
  readonly #firstKey: string | null;
  #chosen: Finding | undefined;
  /** The findings in the order shown, and the examination that they are of. */
  #listed: { readonly of: Examination | null; readonly findings: readonly Finding[] } = {
    of: null,
    findings: [],
  };
  readonly #list = new ListWindow('list');

  constructor(desk: Desk) {
    this.#desk = desk;
    const state = desk.getState();
    this.behind = state.pane;
    this.#firstKey = state.cursorKey ?? null;
  }

  /** Edits go to what the chosen finding is about. */
  get rowKey(): string | null {
    const finding = this.#present;
    return finding === undefined ? null : subjectKey(finding.subject);
  }

  onKey(key: KeyEvent): boolean {
    if (this.#list.onKey(key)) return this.#choose();
    if (key.ctrl || key.alt) return false;
    if (key.name === 'enter') return this.#open();
    if (key.text === 'o') return this.#goToRow();
    if (key.text === '!' || key.text === 'q') {
      this.#desk.closePane();
      return true;
    }
    return false;
  }

  scroll(by: number): void {
    this.#list.moveBy(by);
    this.#choose();
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { examination, view } = this.#desk.getState();
    const findings = this.#findings();
    const notes = examination === null ? [] : examination.unseen.map((clause) => `not looked at: ${clause}`);
    const noteLines = notes.flatMap((note) => wrapText(`▲ ${note}`, canvas.width - 1));
    const shown = this.#list.fit(findings, canvas.height - titleHeight - noteLines.length);
    const age =
      examination === null || view === null
        ? ''
        : `, looked at ${formatSpan(Math.max(0, view.time - examination.time))} ago`;
    const title = examination === null ? 'Findings' : `Findings: ${countFindings(findings)}${age}`;
    canvas.write(0, 0, fitToWidth(title, canvas.width), theme.roles.columnTitle);
    if (findings.length === 0) {
      const isWhole = examination !== null && examination.unseen.length === 0;
      const text = isWhole
        ? 'Nothing is wrong as far as can be seen.'
        : examination === null
          ? 'Nothing was looked at yet.'
          : 'Nothing was found by what could be looked at.';
      canvas.write(1, titleHeight, text, theme.roles[isWhole ? 'good' : 'dim']);
    }
    const longest = Math.max(0, ...shown.map(({ subject }) => textWidth(formatSubject(subject))));
    const subjectWidth = Math.min(longest, Math.max(widestSubject, Math.floor(canvas.width / 3)));
    shown.forEach((finding, offset) => {
      const { check, severity, subject, found } = finding;
      const y = titleHeight + offset;
      const name = formatSubject(subject);
      // On a narrow screen two lines would be needed; what was found matters more than whose service it is.
      const line = ` ${severitySigns[severity]} ${fitToWidth(name, subjectWidth)}  ${check}: ${found}`;
      if (this.#list.top + offset === this.#list.index)
        canvas.write(0, y, fitToWidth(line, canvas.width), theme.selected);
      else canvas.write(0, y, truncateToWidth(line, canvas.width), theme.roles[severityRoles[severity]]);
    });
    noteLines.forEach((line, offset) => {
      canvas.write(1, titleHeight + Math.max(1, shown.length) + offset, line, theme.roles.warning);
    });
  }

  /** Those of the row that was selected first; the order of the doctor otherwise. */
  #findings(): readonly Finding[] {
    const { examination, rows } = this.#desk.getState();
    if (this.#listed.of === examination) return this.#listed.findings;
    const findings = examination?.findings ?? [];
    const row = rowOf(rows, this.#firstKey ?? undefined);
    const first = new Set(row === undefined ? [] : findingsOfRow(findings, row));
    const listed =
      first.size === 0 ? findings : [...first, ...findings.filter((finding) => !first.has(finding))];
    this.#listed = { of: examination, findings: listed };
    const chosen = this.#chosen;
    this.#chosen = chosen && listed.find((finding) => isSameFinding(finding, chosen));
    this.#list.renew(listed.length, this.#chosen === undefined ? 0 : listed.indexOf(this.#chosen));
    return listed;
  }

  get #present(): Finding | undefined {
    return this.#findings()[this.#list.index];
  }

  #choose(): true {
    this.#chosen = this.#present;
    this.#desk.update({});
    return true;
  }

  #open(): true {
    const finding = this.#present;
    if (finding !== undefined) this.#desk.openPane(new FindingPane(this.#desk, finding, this));
    return true;
  }

  #goToRow(): true {
    const key = this.rowKey;
    if (key === null) this.#desk.say('hint', 'this finding is about the director as a whole');
    else if (!this.#desk.leadTo(key)) {
      this.#desk.say('hint', 'this row is gone, or left out by the filter');
    }
    return true;
  }
}
