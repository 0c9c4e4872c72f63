import { isUtf8 } from 'node:buffer';

/**
 * Names of the kernel are bytes, of any encoding: nearly all of those but NUL can stand in the name of an interface
 * (`dev_valid_name` in `net/core/dev.c`). What is no UTF-8 becomes a lone surrogate for each byte, so that the text
 * leads back to the same bytes.
 */
const escaped = 0xdc00;

/** Reads a name as it is, with nothing made visible: that is for whoever shows it. */
export function decodeKernelText(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : escaped + byte)).join('');
}

/** The bytes of a name that `decodeKernelText` has read, or that an operator has typed. */
export function encodeKernelText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > escaped + 0x7f && code <= escaped + 0xff
      ? Buffer.of(code - escaped)
      : Buffer.from(character);
  });
  return Buffer.concat(parts);
}
