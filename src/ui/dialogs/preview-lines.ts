import { count } from '../../changes/steps/describe.ts';
import type { Preview } from '../state/preview.ts';
import type { DialogLine } from './scrolled-dialog.tsx';

/** More ipvsadm lines than this stand behind the warnings, which would be out of sight below them. */
const linesBeforeWarnings = 8;
/** Nobody reads more of either, and a large table has ten thousand. */
const mostTold = 300;

/** The ipvsadm lines that an edit equals and its warnings, or why it is refused. */
export function previewLines(preview: Preview): readonly DialogLine[] {
  switch (preview.kind) {
    case 'nothing':
      return [{ text: 'nothing would change' }];
    case 'refusal':
      return [
        { text: `✗ ${preview.error.reason}`, color: 'redBright' },
        { text: `  ${preview.error.advice}` },
      ];
    case 'plan': {
      const { lines, warnings } = preview.plan;
      const commands = told(lines, 'ipvsadm line').map((text): DialogLine => ({ text, color: 'cyan' }));
      const doubts = told(warnings, 'warning').map(
        (text): DialogLine => ({ text: `▲ ${text}`, color: 'yellow' }),
      );
      return lines.length > linesBeforeWarnings ? [...doubts, ...commands] : [...commands, ...doubts];
    }
  }
}

/** As many of the texts as anybody reads, and how many more there are. */
export function told(texts: readonly string[], what: string): readonly string[] {
  if (texts.length <= mostTold) return texts;
  return [...texts.slice(0, mostTold), `… and ${count(texts.length - mostTold, `more ${what}`)}`];
}
