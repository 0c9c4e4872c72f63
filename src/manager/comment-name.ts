/** Longest name, in characters: a longer comment is a sentence. */
const longestName = 60;

/**
 * The name that a comment gives to what stands right below it; `undefined` where the line is no comment, or too long
 * for a name.
 */
export function nameInComment(line: string | undefined, mark: RegExp): string | undefined {
  const text = new RegExp(`^\\s*${mark.source}\\s*(.*[\\p{L}\\p{N}].*?)\\s*$`, 'u').exec(line ?? '')?.[1];
  return text === undefined || text.length > longestName ? undefined : text;
}
