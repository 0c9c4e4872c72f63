import type { Finding } from '../../doctor/finding.ts';
import { findingLines } from '../../doctor/rounds/finding-text.ts';
import type { EnteredNamespace } from '../../system/network-namespace.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { emptyLine, type Line, span, textLine } from '../kit/page.ts';
import { severityRoles } from '../table/finding-marks.ts';

/** Cells of the labels before what is said. */
const labelWidth = 11;
/** Longer lines are hard to read. */
const longestText = 100;

/** All of a finding in lines of `width` cells: what was looked at, what was found, why it matters, and the commands that mend it. */
export function findingPage(finding: Finding, namespace: EnteredNamespace | null, width: number): Line[] {
  const room = Math.max(10, Math.min(longestText, width - labelWidth - 1));
  return findingLines(finding, namespace).flatMap(({ kind, label, text }): Line[] =>
    kind === 'command'
      ? [emptyLine, ...commandLines(text, width).map((line) => textLine(line, 'strong')), emptyLine]
      : wrapText(text, room).map((line, place) => [
          span(1, place === 0 ? label : '', 'dim'),
          span(1 + labelWidth, line, label === 'found' ? severityRoles[finding.severity] : undefined),
        ]),
  );
}

/**
 * A command, from the first cell on so that lines can be selected whole, and broken with backslashes so that a shell
 * takes them as one.
 */
function commandLines(command: string, width: number): string[] {
  const lines = wrapText(command, Math.max(10, width - 2));
  return lines.map((line, place) => (place < lines.length - 1 ? `${line} \\` : line));
}
