import { fitToWidth } from '../../terminal/width.ts';
import { Text } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';

/** A line of a list to choose from: a name, and its meaning in a calmer look. */
export function ListLine(props: {
  readonly name: string;
  /** Cells of the name that are the key for it; none where it is left out. */
  readonly keyCells?: number;
  /** Behind the name, which ends in a blank. */
  readonly meaning: string;
  readonly isChosen: boolean;
  readonly width: number;
}) {
  const { name, keyCells = 0, meaning, isChosen, width } = props;
  const text = fitToWidth(name + meaning, width);
  return isChosen ? (
    <Styled as="chosen" wrap="truncate">
      {text}
    </Styled>
  ) : (
    <Text wrap="truncate">
      <Styled as="key">{text.slice(0, keyCells)}</Styled>
      {text.slice(keyCells, name.length)}
      <Styled as="dim">{text.slice(name.length)}</Styled>
    </Text>
  );
}
