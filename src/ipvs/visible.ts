/**
 * What must never reach a terminal from foreign text, and what could deceive the reader: controls
 * (C0, DEL, C1), everything that has no shape of its own (bidirectional controls, zero-width and
 * other ignorable characters, variation selectors, line separators), and lone surrogates.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=\p{M}{4})\p{M}/gu;

/** Spares nearly all text the slower pattern: printable ASCII hides nothing. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Makes foreign text safe to show and honest to read: every character that a terminal would obey or
 * hide becomes a visible sign. ESC becomes ␛ and the other C0 controls their pictures likewise (DEL
 * ␡); C1 controls become `\x9b`, all others `\u202e` or `\u{e0001}`; combining marks beyond four on
 * one base, too. Text without them is returned as it is. Applying it twice changes nothing more.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(HIDDEN, sign);
}

/** Characters of a foreign text that go into a sentence at most: a word can be as long as its file or command line. */
const longestTold = 1000;

/** The text, or its beginning and `…` where it is too long for a sentence. Not made visible. */
export function brief(text: string): string {
  return text.length > longestTold ? `${text.slice(0, longestTold)}…` : text;
}

/** Whether `visible` would leave the text as it is. */
export function isVisible(text: string): boolean {
  return visible(text) === text;
}

function sign(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}
