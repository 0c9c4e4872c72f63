import type { ReactNode } from 'react';
import { Box, Text } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import type { Preview, Wanted } from '../state/preview.ts';
import { useList } from './dialog-context.ts';
import { DialogFrame, frameHeight } from './dialog-frame.tsx';
import { foresightHeight } from './foresight-lines.ts';
import { ListLine } from './list-line.tsx';
import { PlanPreview } from './plan-preview.tsx';
import { type Confirm, useEdit } from './use-edit.tsx';

/** One thing to choose. */
export interface Choice {
  readonly name: string;
  readonly meaning: string;
}

/** What there is to choose, and what comes of it. */
export interface ChoiceDialogProps {
  readonly title: string;
  readonly height: number;
  /** Not empty. */
  readonly choices: readonly Choice[];
  /** Name of the choice that is in force, which is marked. */
  readonly present?: string | undefined;
  /** Where the cursor begins if it is among the choices; on the present one when not given. */
  readonly first?: string | undefined;
  /** What the operator wants with the choice of that name. */
  readonly intentions: (name: string) => Wanted;
  /** Called in place of the usual confirmation, which it is given as `usually`. */
  readonly confirm?: (preview: Preview, name: string, usually: Confirm) => void;
  /**
   * More text below the choices; `null` for the meaning of the choice. Called with the preview, or with `undefined`
   * while that is still being worked out.
   */
  readonly note?: (width: number, preview: Preview | undefined) => ReactNode;
}

/** Fewest cells of the dialog, for what is said below the choices. */
const leastWidth = 76;

/** A list to choose from, with what the choice under the cursor would do. */
export function ChoiceDialog({
  title,
  height,
  choices,
  present,
  first = present,
  ...rest
}: ChoiceDialogProps) {
  const list = useList(
    Math.max(
      0,
      choices.findIndex(({ name }) => name === first),
    ),
  );
  const chosen = () => choices[list.index] ?? { name: '', meaning: '' };
  const { confirm } = rest;
  const { preview } = useEdit({
    title,
    intentions: () => rest.intentions(chosen().name),
    onKey: (key) => list.onKey(key),
    ...(confirm !== undefined && { confirm: (known, usually) => confirm(known, chosen().name, usually) }),
  });
  const nameWidth = Math.max(...choices.map(({ name }) => name.length));
  const widest = nameWidth + 4 + Math.max(...choices.map(({ meaning }) => meaning.length));
  return (
    <DialogFrame
      title={title}
      keys="↑ ↓ choose   Enter apply   Esc cancel"
      width={Math.max(leastWidth, widest)}
      height={height + foresightHeight}
    >
      {(width, room) => {
        // The forecast comes below all else, and takes no rows from it.
        const rows = Math.min(room, height - frameHeight);
        // On a low screen what would be done comes before what else there is to say.
        const isLow = rows < 11;
        const most = isLow ? rows - (choices.length > rows - 4 ? 5 : 4) : rows - 7;
        const shown = list.fit(choices, Math.min(choices.length, most));
        const { name, meaning } = chosen();
        // On a narrow screen the list cuts meanings off; the chosen one is told in full.
        const isCut = meaning.length + nameWidth + 4 > width;
        return (
          <Box flexDirection="column">
            {shown.map((choice) => (
              <ListLine
                key={choice.name}
                name={`${choice.name === present ? '●' : ' '} ${choice.name.padEnd(nameWidth)}  `}
                meaning={choice.meaning}
                isChosen={choice.name === name}
                width={width}
              />
            ))}
            {(list.isScrolled || (!isLow && present !== undefined)) && (
              <Styled as="dim" wrap="truncate">
                {[
                  ...(list.isScrolled ? [`${list.index + 1} of ${choices.length}`] : []),
                  ...(present === undefined ? [] : ['● as it is now']),
                ].join('   ')}
              </Styled>
            )}
            {!isLow &&
              (rest.note?.(width, preview) ?? <Text wrap="wrap">{isCut ? `${name}: ${meaning}` : ' '}</Text>)}
            <PlanPreview preview={preview} limit={4} width={width} />
          </Box>
        );
      }}
    </DialogFrame>
  );
}
