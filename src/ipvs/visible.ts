/**
 * Makes foreign text safe to show: control characters (C0, DEL, C1), line and paragraph separators, bidi
 * controls and other invisible format characters become visible text, so that no host name, scheduler name
 * or configuration line can send the terminal a sequence or reorder what is read.
 */
export function visible(text: string): string {
  return unsafe.test(text) ? text.replace(unsafeAll, makeVisible) : text;
}

const unsafeCharacters =
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]';
const unsafe = new RegExp(unsafeCharacters);
const unsafeAll = new RegExp(unsafeCharacters, 'g');

function makeVisible(character: string): string {
  const code = character.charCodeAt(0);
  // The Control Pictures block has a sign for each of C0.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
