/** A name is no longer: what is longer is a sentence. */
const longestName = 60;

/** The name that a comment gives to what stands right below it; `undefined` where the line is none. */
export function nameInComment(line: string | undefined, mark: RegExp): string | undefined {
  const text = new RegExp(`^\\s*${mark.source}\\s*(.*[\\p{L}\\p{N}].*?)\\s*$`, 'u').exec(line ?? '')?.[1];
  return text === undefined || text.length > longestName ? undefined : text;
}
