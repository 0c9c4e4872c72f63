import { tomlStatements } from '../../../formats/settings/toml-statements.ts';

/**
 * Finds the line of a statement in a TOML document with lists of tables, by the path to it: `service`, 1, `real`, 0,
 * `weight`.
 */
export class StatementPlaces {
  /** Lines, counted from 1, by paths like `service 1 real 0 weight`. */
  readonly #lines = new Map<string, number>();

  constructor(text: string) {
    const lines = text.split('\n');
    const counts = new Map<string, number>();
    let above: string[] = [];
    for (const { kind, key, first } of tomlStatements(text)) {
      if (kind === 'pair' && key !== undefined) this.#note([...above, key], first + 1);
      if (kind !== 'header') continue;
      const [, brackets = '', name = ''] = /^\s*(\[+)\s*([^\]]*?)\s*\]/.exec(lines[first] ?? '') ?? [];
      above = [];
      const parts = name.split('.').map((part) => part.trim().replace(/^["']|["']$/g, ''));
      for (const [place, part] of parts.entries()) {
        above.push(part);
        const list = above.join(' ');
        const isNew = brackets === '[[' && place === parts.length - 1;
        const count = (counts.get(list) ?? 0) + (isNew ? 1 : 0);
        if (count > 0) {
          counts.set(list, count);
          above.push(String(count - 1));
        }
      }
      this.#note(above, first + 1);
    }
  }

  /** The line of the innermost part of the path that has one; 1 where none has. */
  lineOf(way: readonly (string | number)[]): number {
    for (let length = way.length; length > 0; length--) {
      const line = this.#lines.get(way.slice(0, length).join(' '));
      if (line !== undefined) return line;
    }
    return 1;
  }

  #note(way: readonly string[], line: number): void {
    const key = way.join(' ');
    if (!this.#lines.has(key)) this.#lines.set(key, line);
  }
}
