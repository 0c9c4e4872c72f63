import type { FilterField } from './filter-field.ts';
import { fieldNamed } from './read-filter.ts';

/** What the word at the end of a filter could become, each time as the whole text, in the order of the fields. */
export function completeFilter<Row>(text: string, fields: readonly FilterField<Row>[]): string[] {
  const [last = ''] = /[^\s()!]*$/.exec(text) ?? [];
  const before = text.slice(0, text.length - last.length);
  const [, name = '', operator, value = ''] = /^([^:=<>!]+)(:|!?=|[<>]=?)(.*)$/.exec(last) ?? [];
  if (operator === undefined) return last === '' ? [] : namesFrom(fields, last).map((word) => before + word);
  const field = fieldNamed(fields, name);
  const values = field?.kind === 'word' ? field.values : [];
  const [begun = ''] = /[^|,]*$/.exec(value) ?? [];
  const kept = `${before}${name}${operator}${value.slice(0, value.length - begun.length)}`;
  return values
    .filter((candidate) => candidate.startsWith(begun.toLowerCase()) && candidate !== begun)
    .map((candidate) => kept + candidate);
}

function namesFrom<Row>(fields: readonly FilterField<Row>[], begun: string): string[] {
  const wanted = begun.toLowerCase();
  return fields.flatMap(({ kind, words }) => {
    const found = words.find((word) => word.startsWith(wanted));
    if (found === undefined) return [];
    return [kind === 'number' ? found : `${found}:`].filter((word) => word !== wanted);
  });
}
