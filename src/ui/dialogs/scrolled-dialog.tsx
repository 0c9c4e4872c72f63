import { useState } from 'react';
import type { KeyEvent } from '../../terminal/keys.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { Box } from '../kit/ink.ts';
import type { ListWindow } from '../kit/list-window.ts';
import type { Part } from '../kit/page.ts';
import { remembering } from '../kit/remembering.ts';
import { Styled } from '../kit/styled.tsx';
import { useDialogPlace, useKeys } from './dialog-context.ts';
import { DialogFrame, type FrameProps, frameHeight, frameWidth } from './dialog-frame.tsx';

/** What a scrolled dialog shows, and how it takes keys. */
interface ScrolledDialogProps extends Pick<FrameProps, 'title' | 'keys'> {
  readonly width?: number;
  /** `whole` for as many rows as the lines take. */
  readonly height?: number | 'whole';
  readonly lines: readonly Part[];
  /** Which of them are in sight: from `usePage`. */
  readonly page: ListWindow;
  /** Takes a key that means something here and tells whether it was one; the others scroll. */
  readonly onKey: (key: KeyEvent) => boolean;
}

/** A dialog of lines that may be more than fit: it wraps them between words, keeps their indent, and scrolls. */
export function ScrolledDialog(props: ScrolledDialogProps) {
  const { title, keys, width = 100, height = 100, lines, page, onKey } = props;
  const { columns } = useDialogPlace();
  const [wrapped] = useState(() => remembering(wrapAll));
  useKeys((key) => {
    if (!onKey(key)) page.onKey(key);
  });
  const wholeHeight = () => wrapped(lines, Math.min(width, columns - frameWidth)).length + frameHeight;
  return (
    <DialogFrame title={title} keys={keys} width={width} height={height === 'whole' ? wholeHeight() : height}>
      {(room, rows) => {
        const all = wrapped(lines, room);
        const shown = page.fit(all, all.length <= rows ? rows : rows - 1);
        return (
          <Box flexDirection="column">
            {shown.map(({ text, role }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
              <Styled key={index} as={role} wrap="truncate">
                {text === '' ? ' ' : text}
              </Styled>
            ))}
            {page.isScrolled && <RestLine below={page.below} />}
          </Box>
        );
      }}
    </DialogFrame>
  );
}

/** How many lines are below those in sight. */
export function RestLine({ below }: { below: number }) {
  return <Styled as="dim">{below > 0 ? `↓ ${below} more lines` : ' '}</Styled>;
}

function wrapAll(lines: readonly Part[], width: number): Part[] {
  return lines.flatMap((line) => wrapped(line.text, width).map((text): Part => ({ ...line, text })));
}

function wrapped(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const parts = wrapText(line.trimStart(), Math.max(1, width - indent.length - 2));
  return parts.length === 0 ? [''] : parts.map((part, index) => `${indent}${index === 0 ? '' : '  '}${part}`);
}
