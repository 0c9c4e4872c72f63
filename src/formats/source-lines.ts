/** Bytes beyond which a text is no table: some 400,000 real servers, as ipvsadm writes them. */
export const longestText = 64 * 2 ** 20;

/** A text with the file that it stands in. */
export interface SourceText {
  /** The file's name in messages; `null` for the one that the whole is named after. */
  readonly title: string | null;
  /** The folder that paths in it begin at, as its reader knows it; empty where there is none. */
  readonly folder: string;
  readonly text: string;
}

/** A line of a file. */
export interface SourcePlace {
  readonly title: string | null;
  /** Counted from 1. */
  readonly line: number;
}

/** A text that stands alone. */
export function onlySource(text: string): readonly SourceText[] {
  return [{ title: null, folder: '', text }];
}

/**
 * Where the lines of a configuration stand. The files that it is made of are counted through, one behind the other, in
 * the order in which they are opened: the lines of the first have their own numbers.
 */
export class SourceLines {
  readonly #files: { readonly title: string | null; readonly before: number }[] = [];
  #count = 0;

  /** Takes in the lines of a file, and gives how many are before them. */
  open({ title, text }: SourceText): number {
    const before = this.#count;
    this.#files.push({ title, before });
    for (let at = -1; ; ) {
      this.#count++;
      at = text.indexOf('\n', at + 1);
      if (at < 0) return before;
    }
  }

  /** Where a line of the whole stands. */
  placeOf(line: number): SourcePlace {
    let low = 0;
    for (let high = this.#files.length; high - low > 1; ) {
      const middle = (low + high) >> 1;
      if ((this.#files[middle]?.before ?? 0) < line) low = middle;
      else high = middle;
    }
    const file = this.#files[low];
    return { title: file?.title ?? null, line: line - (file?.before ?? 0) };
  }
}
