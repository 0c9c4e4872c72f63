import type { Part } from './page.ts';

const keyWords = /^(?:(?:Enter|Esc|Tab|Space|PgUp|PgDn|Home|End|Delete|F\d+|Ctrl-[A-Z]|\d-\d|\S)(?: |$))+/;

/** A line that tells keys, `Enter detail  Esc back`: in each group, behind two blanks or more, the keys come first, as short or known words. */
export function keyParts(keys: string): Part[] {
  return keys.split(/(?<= {2})(?=\S)/).flatMap((group): Part[] => {
    const own = keyWords.exec(group)?.[0] ?? '';
    return own === ''
      ? [{ text: group, role: 'dim' }]
      : [
          { text: own, role: 'key' },
          { text: group.slice(own.length), role: 'dim' },
        ];
  });
}
