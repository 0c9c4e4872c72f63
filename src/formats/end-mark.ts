/**
 * Texts of lines do not show when their end is missing, and what is missing could be taken for deleted. A saved
 * text therefore begins by saying how it ends; both are comments to ipvsadm and keepalived.
 */
const beginning = '# saved by lvstop; whole when the last line is "# end"';
const end = '# end';

/** The text with the mark of its end. */
export function withEndMark(text: string): string {
  return `${beginning}\n${text}${end}\n`;
}

/** Whether the text says how it ends. */
export function hasEndMark(text: string): boolean {
  return text.startsWith(beginning);
}

/** Whether the text says that it has an end mark and has none. */
export function isCutOff(text: string): boolean {
  return hasEndMark(text) && !text.trimEnd().endsWith(`\n${end}`);
}
