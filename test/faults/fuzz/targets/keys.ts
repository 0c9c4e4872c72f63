import type { TerminalEvent } from '../../../../src/terminal/keys.ts';
import { makeDecoder } from '../../../terminal/hand-clock.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

/** Keys, mouse and pastes: the same events however the bytes are cut into reads, and nothing in them that a terminal obeys. */
export const keys: FuzzTarget = {
  name: 'keys',
  seeds: wordsOf(
    'ab \x1b[A\x1bOB\x1b[1;5C\x1b[3~\x1b[[A\x1b\x1b[D',
    '\x1b[200~tcp:10.0.0.1\x1b[31m\r\n\x1b[201~q',
    '\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<64;1;1M\x1b[32;200;100M\x1b[M !!',
    '\x1b]11;rgb:0000/0000/0000\x1b\\\x1bP1$r0m\x1b\\\x1b[?2026;2$y\x1b[24;80R',
    'größe漢😀\x1bä\x1b[27;5;13~\x1b[97;5u',
  ),
  words: wordsOf(
    ...([
      '\x1b',
      '\x1b[',
      '\x1bO',
      '\x1b]',
      '\x1bP',
      '\x1b\\',
      '\x1b[200~',
      '\x1b[201~',
      '\x1b[M',
      '\x1b[<',
      ';',
      ':',
    ] as const),
    ...[
      '0',
      '1',
      '9',
      '200',
      '4294967296',
      '99999999999999999999',
      '~',
      'M',
      'm',
      'u',
      'A',
      'R',
      '$',
      '^',
      '@',
      '?',
      '>',
      ' ',
    ],
    ...[
      '\0',
      '\x03',
      '\x07',
      '\x18',
      '\x1a',
      '\r',
      '\n',
      '\t',
      '\x7f',
      '\u0080',
      '\u009b',
      '\u202e',
      '\u0301',
      'é',
      '漢',
      '😀',
    ],
  ),
  separators: '\x1b',
  check(input) {
    const whole = makeDecoder();
    whole.push(input);
    whole.passTime();
    for (const event of whole.events) requireEvent(event);
    const cut = makeDecoder();
    let step = 1;
    for (let at = 0; at < input.length; at += step) {
      step = 1 + ((input[at] ?? 0) % 7);
      cut.push(input.subarray(at, at + step));
    }
    cut.passTime();
    const [one, other] = [JSON.stringify(whole.events), JSON.stringify(cut.events)];
    requireThat(one === other, () => `in one read ${one}, in several ${other}`);
  },
};

function requireEvent(event: TerminalEvent): void {
  if (event.type === 'background') return;
  if (event.type === 'mouse') {
    requireThat(Number.isSafeInteger(event.x) && event.x >= 0, () => `x is ${event.x}`);
    requireThat(Number.isSafeInteger(event.y) && event.y >= 0, () => `y is ${event.y}`);
    return;
  }
  requireThat(
    !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(event.text ?? ''),
    () => `control characters in ${JSON.stringify(event)}`,
  );
  if (event.type === 'key') requireThat(event.name !== '', () => 'a key without a name');
}
