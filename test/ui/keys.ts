/** Keys for tests of the UI, by name or character, as the decoder gives them. */

import { KeyDecoder, type KeyEvent } from '../../src/terminal/keys.ts';
import { keyBytes } from '../terminal/key-bytes.ts';

/** The event of a key. */
export function key(name: string): KeyEvent {
  // Esc alone is told from the beginning of a sequence by waiting, which tests need not.
  if (name === 'escape') return { type: 'key', name: 'escape', ctrl: false, alt: false, shift: false };
  const control = /^ctrl\+([a-z])$/.exec(name)?.[1];
  const bytes =
    control === undefined ? (keyBytes[name] ?? name) : String.fromCharCode(control.charCodeAt(0) - 0x60);
  const events: KeyEvent[] = [];
  const decoder = new KeyDecoder({
    onEvent: (event) => {
      if (event.type === 'key') events.push(event);
    },
  });
  decoder.push(Buffer.from(bytes));
  const [event] = events;
  if (event === undefined || events.length > 1) throw new Error(`there is no key ${JSON.stringify(name)}`);
  return event;
}

/** The events of several keys. */
export function keys(...names: readonly string[]): KeyEvent[] {
  return names.map(key);
}
