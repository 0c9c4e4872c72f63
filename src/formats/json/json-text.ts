/** Everything that `visible` would show as a sign, but the line ends and blanks of the JSON text itself. */
const hidden = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Writes a value as JSON that keeps it exactly and is safe on a terminal: what a terminal would obey or hide is
 * escaped, as JSON allows in its strings, and nothing else of JSON holds such characters.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(hidden, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      const unit = character.charCodeAt(index);
      return `\\u${unit.toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}
