/** The lines of a file; one that ends with a newline has an empty line last. */
export function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split('\n');
}

/** The bytes of lines. */
export function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** A line as UTF-8 text, for people; everywhere else lines hold the bytes of files as characters of `latin1`. */
export function decodedLine(line: string): string {
  return Buffer.from(line, 'latin1').toString('utf8');
}
