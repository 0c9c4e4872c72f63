import type { KeyEvent } from '../../terminal/keys.ts';
import { Box, Text } from '../kit/ink.ts';
import { ListWindow } from '../kit/list-window.ts';
import { remembering } from '../kit/remembering.ts';
import { wrapText } from '../kit/wrap-text.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';

/** A line of a dialog that is read rather than filled in. */
export interface DialogLine {
  readonly text: string;
  readonly color?: 'cyan' | 'yellow' | 'redBright';
  readonly bold?: boolean;
}

/** A dialog of lines that may be more than fit: it wraps them between words, keeps their indent, and scrolls. */
export abstract class ScrolledDialog implements Dialog {
  abstract readonly title: string;
  abstract readonly keys: string;
  readonly width: number = 100;
  get height(): number {
    return 100;
  }
  protected readonly desk: Desk;
  readonly #wrapped = remembering(wrapAll);
  readonly #page = new ListWindow('page');

  constructor(desk: Desk) {
    this.desk = desk;
  }

  onKey(key: KeyEvent): void {
    if (this.onOwnKey(key)) return;
    if (this.#page.onKey(key)) this.desk.dialogChanged();
  }

  render(width: number, height: number) {
    const lines = this.#wrapped(this.lines(), width);
    const room = lines.length <= height ? height : Math.max(1, height - 1);
    const shown = this.#page.fit(lines, room);
    const { below, isScrolled } = this.#page;
    return (
      <Box flexDirection="column">
        {shown.map(({ text, color, bold }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
          <Text key={index} wrap="truncate" {...(color !== undefined && { color })} bold={bold === true}>
            {text === '' ? ' ' : text}
          </Text>
        ))}
        {isScrolled && <Text dimColor>{below > 0 ? `↓ ${below} more lines` : ' '}</Text>}
      </Box>
    );
  }

  /** Whether there were more lines than room when it was drawn last. */
  protected get isScrolled(): boolean {
    return this.#page.isScrolled;
  }

  /** Rows that all lines take in that width. */
  protected wholeHeight(width: number): number {
    return this.#wrapped(this.lines(), width).length;
  }

  /** Takes a key that means something here and tells whether it was one. */
  protected abstract onOwnKey(key: KeyEvent): boolean;

  /** What stands in it now. */
  protected abstract lines(): readonly DialogLine[];

  /** Shows the first line again. */
  protected toTop(): void {
    this.#page.moveTo(0);
  }
}

function wrapAll(lines: readonly DialogLine[], width: number): DialogLine[] {
  return lines.flatMap((line) => wrapped(line.text, width).map((text): DialogLine => ({ ...line, text })));
}

function wrapped(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const parts = wrapText(line.trimStart(), Math.max(1, width - indent.length - 2));
  return parts.length === 0 ? [''] : parts.map((part, index) => `${indent}${index === 0 ? '' : '  '}${part}`);
}
