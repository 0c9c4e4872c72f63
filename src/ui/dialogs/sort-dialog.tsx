import { Box } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import type { Desk } from '../state/desk.ts';
import { accessOf, isProbing } from '../state/screen-state.ts';
import { sortBy } from '../state/sorting.ts';
import { type ColumnId, columns } from '../table/columns.ts';
import { placeColumns } from '../table/place-columns.ts';
import { useDesk, useDeskState, useDialogPlace, useKeys, useList } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { ListLine } from './list-line.tsx';

/** What the table can be sorted by: the column of that id, or addresses for `null`. */
interface SortChoice {
  readonly id: ColumnId | null;
  readonly letter: string;
  readonly title: string;
  readonly meaning: string;
}

/** For columns whose own letters are taken. */
const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** All columns with a letter each, the same one on every screen. */
export const sortChoices: readonly SortChoice[] = [
  { id: null, letter: '0', title: 'ADDRESS', meaning: 'services by address, each with its real servers' },
  ...withLetters(),
];

/** Asks by which column the table shall be sorted. */
export function openSort(desk: Desk): void {
  desk.openDialog(<SortDialog />, { isAboutTable: true });
}

function SortDialog() {
  const desk = useDesk();
  const state = useDeskState();
  const { columns: width } = useDialogPlace();
  const { nameWidth, columns: chosen, sortColumn, reverse } = state;
  // Columns that are shown come first.
  const placed = placeColumns(width, nameWidth, chosen, accessOf(state), null, isProbing(state)).map(
    ({ column }) => column.id,
  );
  const isPlaced = ({ id }: SortChoice) => id === null || placed.includes(id);
  const choices = [...sortChoices.filter(isPlaced), ...sortChoices.filter((choice) => !isPlaced(choice))];
  const list = useList(choices.findIndex(({ id }) => id === sortColumn));

  useKeys((key) => {
    const choice =
      key.name === 'enter'
        ? choices[list.index]
        : choices.find(({ letter }) => letter === key.text && !key.alt && !key.ctrl);
    if (choice !== undefined) {
      desk.closeDialog();
      sortBy(desk, choice.id);
    } else if (key.text === undefined) list.onKey(key);
  });

  return (
    <DialogFrame
      title="Sort by"
      keys="letter or Enter sorts, again turns round   ↑ ↓ choose   Esc leave"
      width={76}
      height={14}
    >
      {(room, height) => {
        const shown = list.fit(choices, Math.min(choices.length, height - 1));
        return (
          <Box flexDirection="column">
            {shown.map((choice) => (
              <ListLine
                key={choice.letter}
                keyCells={1}
                name={`${choice.letter}  ${choice.title.padEnd(titleWidth)} `}
                meaning={meaningOf(choice, sortColumn, reverse)}
                isChosen={choice === choices[list.index]}
                width={room}
              />
            ))}
            <Styled as="dim">{list.isScrolled ? `${list.index + 1} of ${choices.length}` : ' '}</Styled>
          </Box>
        );
      }}
    </DialogFrame>
  );
}

const titleWidth = 22;

function meaningOf({ id, meaning }: SortChoice, sortColumn: ColumnId | null, reverse: boolean): string {
  const present = id === sortColumn ? (reverse ? '● turned round' : '●') : ' ';
  return `${present} ${meaning}`;
}

/** Columns get letters by priority: the first letter of the id where that is free, else one of the title, else any. */
function withLetters(): SortChoice[] {
  const letters = new Map<string, string>();
  const byPriority = [...columns].sort((left, right) => left.priority - right.priority);
  const isFree = (letter: string) => ![...letters.values()].includes(letter);
  for (const { id } of byPriority) if (isFree(id.charAt(0))) letters.set(id, id.charAt(0));
  for (const { id, title } of byPriority) {
    if (letters.has(id)) continue;
    const own = title.toLowerCase().replaceAll(/[^a-z]/g, '');
    letters.set(id, [...own, ...own.toUpperCase(), ...alphabet].find(isFree) ?? '');
  }
  return columns.map(({ id, title, meaning }) => ({ id, letter: letters.get(id) ?? '', title, meaning }));
}
