import { type Finding, formatSubject, isSameFinding, subjectKey } from '../../doctor/finding.ts';
import { countFindings, severitySigns } from '../../doctor/finding-text.ts';
import type { Examination } from '../../doctor/rounds.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { fitToWidth, textWidth, truncateToWidth } from '../../terminal/width.ts';
import { listKeys } from '../kit/list-keys.ts';
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
  readonly keys = 'Esc back  ↑ ↓ choose  Enter the whole finding  o go to the row  ! look now';
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
  #top = 0;
  #room = 1;

  constructor(desk: Desk) {
    this.#desk = desk;
    const state = desk.getState();
    this.behind = state.pane;
    this.#firstKey = state.cursorKey ?? null;
  }

  /** Edits go to what the chosen finding is about. */
  get rowKey(): string | null {
    const finding = this.#findings()[this.#index(this.#findings())];
    return finding === undefined ? null : subjectKey(finding.subject);
  }

  onKey(key: KeyEvent): boolean {
    const by = listKeys(key, this.#room);
    if (by !== undefined) {
      this.scroll(by);
      return true;
    }
    if (key.ctrl || key.alt) return false;
    if (key.name === 'enter') return this.#open();
    if (key.text === 'o') return this.#goToRow();
    if (key.text === '!') {
      this.#desk.lookNow();
      return true;
    }
    if (key.text === 'q') {
      this.#desk.closePane();
      return true;
    }
    return false;
  }

  scroll(by: number): void {
    const findings = this.#findings();
    const index = Math.max(0, Math.min(findings.length - 1, this.#index(findings) + by));
    this.#chosen = findings[index];
    this.#desk.replace(this.#desk.getState());
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { examination, view } = this.#desk.getState();
    const findings = this.#findings();
    const notes = examination === null ? [] : examination.unseen.map((clause) => `not looked at: ${clause}`);
    const noteLines = notes.flatMap((note) => wrapText(`▲ ${note}`, canvas.width - 1));
    this.#room = Math.max(1, canvas.height - titleHeight - noteLines.length);
    const index = this.#index(findings);
    this.#top = Math.max(
      Math.min(this.#top, index, Math.max(0, findings.length - this.#room)),
      index - this.#room + 1,
      0,
    );
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
    const shown = findings.slice(this.#top, this.#top + this.#room);
    const longest = Math.max(0, ...shown.map(({ subject }) => textWidth(formatSubject(subject))));
    const subjectWidth = Math.min(longest, Math.max(widestSubject, Math.floor(canvas.width / 3)));
    shown.forEach((finding, offset) => {
      const { check, severity, subject, found } = finding;
      const y = titleHeight + offset;
      const name = formatSubject(subject);
      // On a narrow screen two lines would be needed; what was found matters more than whose service it is.
      const line = ` ${severitySigns[severity]} ${fitToWidth(name, subjectWidth)}  ${check}: ${found}`;
      if (this.#top + offset === index) canvas.write(0, y, fitToWidth(line, canvas.width), theme.selected);
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
    return listed;
  }

  #index(findings: readonly Finding[]): number {
    return this.#chosen === undefined ? 0 : Math.max(0, findings.indexOf(this.#chosen));
  }

  #open(): true {
    const findings = this.#findings();
    const finding = findings[this.#index(findings)];
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
