import { Text } from './ink.ts';
import type { TextField } from './text-field.ts';

/** A text field as it looks: with its cursor while it has the focus. */
export function InputText({ field, focused }: { field: TextField; focused: boolean }) {
  const { text, cursor } = field;
  if (!focused) return <Text>{text}</Text>;
  return (
    <Text>
      {text.slice(0, cursor)}
      <Text inverse>{text.slice(cursor, cursor + 1) || ' '}</Text>
      {text.slice(cursor + 1)}
    </Text>
  );
}
