import type { KeyEvent } from '../../terminal/keys.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { Box, Text } from '../kit/ink.ts';
import type { ListWindow } from '../kit/list-window.ts';
import type { Part } from '../kit/page.ts';
import { Styled } from '../kit/styled.tsx';
import type { Preview, Wanted } from '../state/preview.ts';
import { useList } from './dialog-context.ts';
import { DialogFrame, frameHeight } from './dialog-frame.tsx';
import { foresightHeight, lowForesight } from './foresight-lines.ts';
import {
  ForetoldPreview,
  leastListed,
  listHeight,
  mostCommands,
  useGreatestHeight,
} from './foretold-preview.tsx';
import { ListLine } from './list-line.tsx';
import { usePlanLines } from './plan-preview.tsx';
import { type Confirm, useEdit } from './use-edit.tsx';

/** One thing to choose. */
export interface Choice {
  readonly name: string;
  readonly meaning: string;
}

/** What there is to choose, and what comes of it. */
export interface ChoiceDialogProps {
  readonly title: string;
  /** Not empty. */
  readonly choices: readonly Choice[];
  /** Name of the choice that is in force, which is marked and says so. */
  readonly present?: string | undefined;
  /** Where the cursor begins if it is among the choices; on the present one when not given. */
  readonly first?: string | undefined;
  /** What the operator wants with the choice of that name. */
  readonly intentions: (name: string) => Wanted;
  /** Called in place of the usual confirmation, which it is given as `usually`. */
  readonly confirm?: (preview: Preview, name: string, usually: Confirm) => void;
  /**
   * Sentences below the choices that have to be read. Called with the preview, or with `undefined` while that is still
   * being worked out.
   */
  readonly note?: (preview: Preview | undefined) => readonly Part[];
}

/** Fewest cells of the dialog, for what is said below the choices. */
const leastWidth = 76;
/** Rows that warnings and ipvsadm lines usually take. */
const usualHeight = 7;

/** The forecast's part of `rows` that it shares with the list: usually half. */
function foretoldHeight(rows: number): number {
  return Math.max(lowForesight, Math.min(foresightHeight, Math.floor(rows / 2)));
}

/** A list to choose from, with what the choice under the cursor would do. */
export function ChoiceDialog({ title, choices, present, first = present, ...rest }: ChoiceDialogProps) {
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
    onKey: (key) => list.onKey(key) || onLetter(key, choices, list),
    ...(confirm !== undefined && { confirm: (known, usually) => confirm(known, chosen().name, usually) }),
  });
  const nameWidth = Math.max(...choices.map(({ name }) => name.length));
  const meaningOf = ({ name, meaning }: Choice) => (name === present ? `now: ${meaning}` : meaning);
  const lineWidth = (choice: Choice) => nameWidth + 4 + meaningOf(choice).length;
  const note = rest.note?.(preview) ?? [];
  const told = [...note, ...usePlanLines(preview, mostCommands)];
  const toldHeight = useGreatestHeight(told);
  const isScrolled = (room: number) => choices.length > room;
  // On a narrow screen the list cuts meanings off; the chosen one is told in full.
  const inFull = (choice: Choice, width: number) =>
    note.length === 0 && lineWidth(choice) > width
      ? wrapText(`${choice.name}: ${choice.meaning}`, width)
      : [];
  const meaningHeight = (width: number) => Math.max(...choices.map((choice) => inFull(choice, width).length));
  const leastList = isScrolled(leastListed) ? leastListed + 1 : choices.length;
  // In a list that is longer a row of the table tells more than the end of a meaning.
  const leastMeaning = (width: number) => (isScrolled(leastListed) ? 0 : meaningHeight(width));
  return (
    <DialogFrame
      title={title}
      keys="↑ ↓ choose   Enter apply   Esc cancel"
      width={Math.max(leastWidth, ...choices.map(lineWidth))}
      height={frameHeight + choices.length + usualHeight + foresightHeight}
      least={(width) => leastList + leastMeaning(width) + toldHeight(width)}
    >
      {(width, height) => {
        // On a low screen what would be done comes before what else there is to say.
        const hasMeaning = height >= leastList + meaningHeight(width) + toldHeight(width);
        const room = height - toldHeight(width) - (hasMeaning ? meaningHeight(width) : 0);
        const isLong = isScrolled(listHeight(choices.length, room, foretoldHeight(room)));
        const rows = isLong ? room - 1 : room;
        const shown = list.fit(choices, listHeight(choices.length, rows, foretoldHeight(rows)));
        const { name } = chosen();
        const meaning = hasMeaning ? inFull(chosen(), width) : [];
        const spaceHeight =
          note.length === 0 && meaning.length === 0 && rows > choices.length + foresightHeight ? 1 : 0;
        return (
          <Box flexDirection="column">
            {shown.map((choice) => (
              <ListLine
                key={choice.name}
                name={`${choice.name === present ? '●' : ' '} ${choice.name.padEnd(nameWidth)}  `}
                meaning={meaningOf(choice)}
                isChosen={choice.name === name}
                width={width}
              />
            ))}
            {list.isScrolled && <Styled as="dim">{`${list.index + 1} of ${choices.length}`}</Styled>}
            {meaning.map((line) => (
              <Text key={line}>{line}</Text>
            ))}
            {spaceHeight > 0 && <Text> </Text>}
            <ForetoldPreview
              preview={preview}
              told={told}
              width={width}
              height={height - shown.length - (list.isScrolled ? 1 : 0) - meaning.length - spaceHeight}
            />
          </Box>
        );
      }}
    </DialogFrame>
  );
}

/** Takes a letter that names begin with, which leads to the next of them, and tells whether it is one. */
function onLetter({ text, ctrl, alt }: KeyEvent, choices: readonly Choice[], list: ListWindow): boolean {
  if (text === undefined || ctrl || alt) return false;
  const places = choices.flatMap(({ name }, place) => (name.startsWith(text) ? [place] : []));
  const next = places.find((place) => place > list.index) ?? places[0];
  if (next !== undefined) list.moveTo(next);
  return next !== undefined;
}
