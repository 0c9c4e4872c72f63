import type { Preview } from '../preview.ts';
import type { DialogLine } from './scrolled-dialog.tsx';

/** All ipvsadm lines that an edit equals and its warnings, or why it is refused. */
export function previewLines(preview: Preview): DialogLine[] {
  switch (preview.kind) {
    case 'nothing':
      return [{ text: 'nothing would change' }];
    case 'refusal':
      return [
        { text: `✗ ${preview.error.reason}`, color: 'redBright' },
        { text: `  ${preview.error.advice}` },
      ];
    case 'plan':
      return [
        ...preview.plan.lines.map((text): DialogLine => ({ text, color: 'cyan' })),
        ...preview.plan.warnings.map((text): DialogLine => ({ text: `▲ ${text}`, color: 'yellow' })),
      ];
  }
}
