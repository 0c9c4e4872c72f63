/** Keys for tests of the UI, by name or character, as the decoder gives them. */
import { KeyDecoder, type KeyEvent } from '../../src/terminal/keys.ts';

const sequences: Readonly<Record<string, string>> = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  delete: '\x1b[3~',
  enter: '\r',
  tab: '\t',
  'shift+tab': '\x1b[Z',
  space: ' ',
  backspace: '\x7f',
  f1: '\x1bOP',
  f2: '\x1bOQ',
  f10: '\x1b[21~',
};

/** The event of a key. */
export function key(name: string): KeyEvent {
  // Esc alone is told from the beginning of a sequence by waiting, which tests need not.
  if (name === 'escape') return { type: 'key', name: 'escape', ctrl: false, alt: false, shift: false };
  const control = /^ctrl\+([a-z])$/.exec(name)?.[1];
  const bytes =
    control === undefined ? (sequences[name] ?? name) : String.fromCharCode(control.charCodeAt(0) - 0x60);
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
