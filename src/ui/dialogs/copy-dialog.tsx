import { wrapText } from '../../terminal/wrap-text.ts';
import { Box, Text } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import type { CopiedText } from '../state/copied-texts.ts';
import type { Desk } from '../state/desk.ts';
import { useDesk, useKeys, useList } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { ListLine } from './list-line.tsx';

/** Asks which of these texts shall be copied; a single one is copied at once. */
export function openCopy(desk: Desk, texts: readonly CopiedText[]): void {
  const [only, ...others] = texts;
  if (only === undefined)
    desk.say('hint', 'copy: there is no command that mends this; advice can be read only');
  else if (others.length === 0) copy(desk, only);
  else desk.openDialog(<CopyDialog texts={texts} />);
}

function CopyDialog({ texts }: { texts: readonly CopiedText[] }) {
  const desk = useDesk();
  const list = useList();
  useKeys((key) => {
    const digit = /^[1-9]$/.test(key.text ?? '') ? Number(key.text) - 1 : -1;
    const text = key.name === 'enter' ? texts[list.index] : texts[digit];
    if (text !== undefined) {
      desk.closeDialog();
      copy(desk, text);
    } else list.onKey(key);
  });
  const nameWidth = Math.max(...texts.map(({ name }) => name.length));
  return (
    <DialogFrame title="Copy" keys="1-9 or Enter copies   ↑ ↓ choose   Esc leave" width={92} height={12}>
      {(width, height) => {
        const whole = wrapText(texts[list.index]?.text ?? '', width);
        const shown = list.fit(texts, Math.min(texts.length, Math.max(1, height - whole.length - 1)));
        return (
          <Box flexDirection="column">
            {shown.map((entry, offset) => {
              const place = list.top + offset + 1;
              return (
                <ListLine
                  key={place}
                  keyCells={1}
                  name={`${place > 9 ? ' ' : place}  ${entry.name.padEnd(nameWidth)}  `}
                  meaning={entry.text}
                  isChosen={entry === texts[list.index]}
                  width={width}
                />
              );
            })}
            <Text> </Text>
            {whole.map((line) => (
              <Styled key={line} as="strong" wrap="truncate">
                {line}
              </Styled>
            ))}
          </Box>
        );
      }}
    </DialogFrame>
  );
}

function copy(desk: Desk, { name, text }: CopiedText): void {
  const outlook = desk.copy(text);
  if (outlook === null) desk.say('refusal', 'copy: the text is too long for a terminal’s clipboard');
  else if (outlook.kind === 'known') desk.say('done', `copied, ${name}: ${text}`);
  else if (outlook.kind === 'refused') desk.say('refusal', `not copied: ${outlook.reason}: ${text}`);
  else desk.say('hint', `sent to be copied, ${name}; ${outlook.reason}: ${text}`);
}
