import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyDecoder, keyChord, type TerminalEvent } from '../../src/terminal/keys.ts';
import { makeDecoder } from './hand-clock.ts';

/** What the bytes (given as Latin-1 text) mean when nothing follows. */
function decode(text: string | Uint8Array): TerminalEvent[] {
  const decoder = makeDecoder();
  decoder.push(text);
  decoder.passTime();
  return decoder.events;
}

function chords(text: string | Uint8Array): string[] {
  return decode(text).map((event) => (event.type === 'key' ? keyChord(event) : JSON.stringify(event)));
}

const KEYS: readonly (readonly [bytes: string, chord: string])[] = [
  ['a', 'a'],
  ['G', 'G'],
  [' ', 'space'],
  ['~', '~'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\t', 'tab'],
  ['\x1b[Z', 'shift+tab'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
  ['\x1b', 'escape'],
  ['\0', 'ctrl+space'],
  ['\x01', 'ctrl+a'],
  ['\x03', 'ctrl+c'],
  ['\x0c', 'ctrl+l'],
  ['\x1a', 'ctrl+z'],
  ['\x1c', 'ctrl+\\'],
  ['\x1f', 'ctrl+_'],
  ['\x1bx', 'alt+x'],
  ['\x1bX', 'alt+X'],
  ['\x1b\r', 'alt+enter'],
  ['\x1b\x7f', 'alt+backspace'],
  ['\x1b\x03', 'ctrl+alt+c'],
  ['\x1b[', 'alt+['],
  ['\x1bO', 'alt+O'],
  ['\x1b]', 'alt+]'],
  ['\x1b[A', 'up'],
  ['\x1b[B', 'down'],
  ['\x1b[C', 'right'],
  ['\x1b[D', 'left'],
  ['\x1bOA', 'up'],
  ['\x1bOD', 'left'],
  ['\x1b[1;2A', 'shift+up'],
  ['\x1b[1;5C', 'ctrl+right'],
  ['\x1b[1;3D', 'alt+left'],
  ['\x1b[1;8B', 'ctrl+alt+shift+down'],
  ['\x1b\x1b[A', 'alt+up'],
  ['\x1b\x1bOB', 'alt+down'],
  ['\x1b[a', 'shift+up'],
  ['\x1bOd', 'ctrl+left'],
  ['\x1b[H', 'home'],
  ['\x1b[F', 'end'],
  ['\x1bOH', 'home'],
  ['\x1bOF', 'end'],
  ['\x1b[1~', 'home'],
  ['\x1b[4~', 'end'],
  ['\x1b[7~', 'home'],
  ['\x1b[8~', 'end'],
  ['\x1b[1;5H', 'ctrl+home'],
  ['\x1b[7^', 'ctrl+home'],
  ['\x1b[8$', 'shift+end'],
  ['\x1b[5~', 'pageup'],
  ['\x1b[6~', 'pagedown'],
  ['\x1b[5;5~', 'ctrl+pageup'],
  ['\x1b[6@', 'ctrl+shift+pagedown'],
  ['\x1b[2~', 'insert'],
  ['\x1b[3~', 'delete'],
  ['\x1b[3;5~', 'ctrl+delete'],
  ['\x1b[3$', 'shift+delete'],
  ['\x1b[E', 'center'],
  ['\x1bOP', 'f1'],
  ['\x1bOQ', 'f2'],
  ['\x1bOR', 'f3'],
  ['\x1bOS', 'f4'],
  ['\x1b[P', 'f1'],
  ['\x1b[1;2P', 'shift+f1'],
  ['\x1b[1;2R', 'shift+f3'],
  ['\x1bO5S', 'ctrl+f4'],
  ['\x1b[11~', 'f1'],
  ['\x1b[12~', 'f2'],
  ['\x1b[13~', 'f3'],
  ['\x1b[14~', 'f4'],
  ['\x1b[[A', 'f1'],
  ['\x1b[[B', 'f2'],
  ['\x1b[[C', 'f3'],
  ['\x1b[[D', 'f4'],
  ['\x1b[[E', 'f5'],
  ['\x1b[15~', 'f5'],
  ['\x1b[17~', 'f6'],
  ['\x1b[18~', 'f7'],
  ['\x1b[19~', 'f8'],
  ['\x1b[20~', 'f9'],
  ['\x1b[21~', 'f10'],
  ['\x1b[23~', 'f11'],
  ['\x1b[24~', 'f12'],
  ['\x1b[24;2~', 'shift+f12'],
  ['\x1b[11^', 'ctrl+f1'],
  ['\x1b[25~', 'f13'],
  ['\x1bOM', 'enter'],
  ['\x1bOk', '+'],
  ['\x1bOm', '-'],
  ['\x1bOp', '0'],
  ['\x1bOy', '9'],
  ['\x1b[27;5;13~', 'ctrl+enter'],
  ['\x1b[13;2u', 'shift+enter'],
  ['\x1b[97;5u', 'ctrl+a'],
  ['\x1b[97;2u', 'A'],
  ['\x1b[27u', 'escape'],
];

/** What a terminal says of itself, and what nobody knows: no key may come of it. */
const SILENT: readonly string[] = [
  '\x1b[?1;2c',
  '\x1b[>41;354;0c',
  '\x1b[24;80R',
  '\x1b[1;80R',
  '\x1b[0n',
  '\x1b[I',
  '\x1b[O',
  '\x1b[?2026;2$y',
  '\x1b[?0u',
  '\x1b[8;24;80t',
  '\x1bP>|XTerm(354)\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1b]10;rgb:0000/0000/0000\x1b\\',
  '\x1b]10;rgb:0000/0000/0000\x07',
  '\x1b_Gi=31;OK\x1b\\',
  '\x1b[99~',
  '\x1b[1;2;3;4v',
  '\x1b[57441u',
  '\x1b[>0;1;2;3',
  '\x1b[12',
  '\x1b[[Q',
];

describe('the key decoder', () => {
  it.each(KEYS)('reads %j as %s', (bytes, chord) => {
    expect(chords(bytes)).toEqual([chord]);
  });

  it.each(SILENT.map((bytes) => [bytes]))('takes %j for no key', (bytes) => {
    expect(chords(bytes)).toEqual([]);
    expect(chords(`x${bytes}`)[0]).toBe('x');
  });

  it('says what a key types, and that others type nothing', () => {
    expect(decode('q')).toEqual([
      { type: 'key', name: 'q', ctrl: false, alt: false, shift: false, text: 'q' },
    ]);
    expect(decode(' ')[0]).toMatchObject({ name: 'space', text: ' ' });
    for (const bytes of ['\x1bq', '\x11', '\x1b[A', '\r', '\x1bOP']) {
      expect(decode(bytes)[0]).not.toHaveProperty('text');
    }
  });

  it('reads characters of several bytes', () => {
    expect(chords(Buffer.from('ä€漢😀'))).toEqual(['ä', '€', '漢', '😀']);
    expect(chords(Buffer.from('\x1bä'))).toEqual(['alt+ä']);
  });

  it('drops broken and invisible characters and goes on with the next key', () => {
    expect(chords('\xc3a')).toEqual(['a']);
    expect(chords('\xff\xfea')).toEqual(['a']);
    expect(chords('\xe2\x82\x1b[A')).toEqual(['up']);
    // Overlong, a surrogate, a C1 control, a bidirectional control.
    expect(chords('\xc0\x80\xe0\x80\x80\xed\xa0\x80\xc2\x9b\xe2\x80\xaeb')).toEqual(['b']);
  });

  it('tells Esc from the beginning of a sequence by a short wait', () => {
    const decoder = makeDecoder();
    decoder.push('\x1b');
    expect(decoder.events).toEqual([]);
    expect(decoder.wait).toBe(40);
    decoder.passTime();
    expect(decoder.events).toMatchObject([{ name: 'escape' }]);
    expect(decoder.wait).toBeUndefined();
  });

  it('waits longer once a sequence has begun, for slow lines', () => {
    const decoder = makeDecoder();
    decoder.push('\x1b[');
    expect(decoder.wait).toBe(400);
    decoder.push('1;');
    expect(decoder.wait).toBe(400);
    decoder.push('5A');
    expect(decoder.wait).toBeUndefined();
    expect(decoder.events).toMatchObject([{ name: 'up', ctrl: true }]);
  });

  it('reads Esc pressed several times, and before a key', () => {
    expect(chords('\x1b\x1b')).toEqual(['escape', 'escape']);
    expect(chords('\x1b\x1b\x1b')).toEqual(['escape', 'escape', 'escape']);
    expect(chords('\x1b\x1bx')).toEqual(['escape', 'alt+x']);
  });

  it('begins anew where a sequence is broken off', () => {
    expect(chords('\x1b[12\x1b[A')).toEqual(['up']);
    expect(chords('\x1b[12\rq')).toEqual(['enter', 'q']);
    expect(chords('\x1b[1\x18q')).toEqual(['q']);
    expect(chords('\x1bP1$r\x1b[Bq')).toEqual(['down', 'q']);
  });

  it('hands over a paste as one text with its controls made visible', () => {
    expect(decode('\x1b[200~tcp:10.0.0.1\x1b[31m\x07\r\n\x1b[201~q')).toEqual([
      { type: 'paste', text: 'tcp:10.0.0.1␛[31m␇' },
      { type: 'key', name: 'q', ctrl: false, alt: false, shift: false, text: 'q' },
    ]);
    expect(decode(Buffer.from('\x1b[200~größe\n\u202e\x1b[201~'))).toEqual([
      { type: 'paste', text: 'größe␊\\u202e' },
    ]);
  });

  it('keeps of a huge paste what fits, and finds its end', () => {
    const events = decode(`\x1b[200~${'x'.repeat(1_500_000)}\x1b[201~q`);
    expect(events).toHaveLength(2);
    expect(events[0]?.type === 'paste' && events[0].text.length).toBe(1 << 20);
  });

  it('takes the line ends at the end of a paste away, and no others', () => {
    expect(decode('\x1b[200~one\r\ntwo\r\n\n\r\x1b[201~')).toEqual([{ type: 'paste', text: 'one␍␊two' }]);
    expect(decode('\x1b[200~\r\n\x1b[201~')).toEqual([{ type: 'paste', text: '' }]);
  });

  it('takes a paste of nothing but line ends and one letter without going through it again and again', () => {
    const events = decode(`\x1b[200~${'\r'.repeat(1_000_000)}x\x1b[201~`);
    expect(events[0]?.type === 'paste' && events[0].text).toBe(`${'␍'.repeat(1_000_000)}x`);
  });

  it('passes over a sequence of more than 128 characters whole, and reads one of 128', () => {
    const zeros = (count: number) => '0'.repeat(count);
    expect(chords(`\x1b[${zeros(126)};5A`)).toEqual(['ctrl+up']);
    expect(chords(`\x1b[${zeros(127)};5Aq`)).toEqual(['q']);
    expect(chords(`\x1b[${zeros(100_000)}Aq`)).toEqual(['q']);
    expect(chords(`\x1b[<0;${zeros(126)}1;1Mq`)).toEqual(['q']);
  });

  it('gives keys back when the end of a paste is lost', () => {
    const decoder = makeDecoder();
    decoder.push('\x1b[200~abc');
    decoder.passTime();
    decoder.push('q');
    expect(decoder.events).toMatchObject([{ type: 'paste', text: 'abc' }, { name: 'q' }]);
  });

  it('reads the mouse', () => {
    expect(decode('\x1b[<0;10;5M')).toMatchObject([
      { type: 'mouse', action: 'press', button: 'left', x: 9, y: 4 },
    ]);
    expect(decode('\x1b[<0;10;5m')).toMatchObject([{ action: 'release', button: 'left' }]);
    expect(decode('\x1b[<64;1;1M')).toMatchObject([{ action: 'scroll-up', button: 'none', x: 0, y: 0 }]);
    expect(decode('\x1b[<81;1;1M')).toMatchObject([{ action: 'scroll-down', ctrl: true }]);
    expect(decode('\x1b[<34;3;4M')).toMatchObject([{ action: 'drag', button: 'right' }]);
    expect(decode('\x1b[<35;3;4M')).toMatchObject([{ action: 'move', button: 'none' }]);
    expect(decode('\x1b[M \xff!q')).toMatchObject([{ type: 'mouse', x: 222, y: 0 }, { name: 'q' }]);
    expect(decode('\x1b[32;200;100M')).toMatchObject([{ action: 'press', button: 'left', x: 199, y: 99 }]);
  });

  it('forgets what is incomplete when reset', () => {
    const decoder = makeDecoder();
    const plain: TerminalEvent[] = [];
    const other = new KeyDecoder({ onEvent: (event) => plain.push(event), schedule: () => () => undefined });
    other.push(Buffer.from('\x1b['));
    other.reset();
    other.push(Buffer.from('A'));
    decoder.push('A');
    expect(plain).toEqual(decoder.events);
  });

  const pieces = fc.oneof(
    fc.constantFrom(...KEYS.map(([bytes]) => bytes)),
    fc.constantFrom(...SILENT),
    fc.constant(Buffer.from('ä€😀').toString('latin1')),
    fc.constant('\x1b[200~one\x1b[Atwo\r\n\x1b[201~'),
    fc.constant('\x1b[<0;10;5M'),
    fc.constant('\x1b[M !!'),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );

  it('says the same however the bytes are cut into reads', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }),
        fc.array(fc.nat(200), { maxLength: 20 }),
        (parts, cuts) => {
          const bytes = Buffer.from(parts.join(''), 'latin1');
          const decoder = makeDecoder();
          let from = 0;
          for (const cut of [...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length]) {
            decoder.push(bytes.subarray(from, cut));
            from = cut;
          }
          decoder.passTime();
          expect(decoder.events).toEqual(decode(bytes));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('says the same read byte by byte', () => {
    for (const [bytes] of [...KEYS, ...SILENT.map((silent) => [silent])]) {
      const decoder = makeDecoder();
      for (const character of bytes ?? '') decoder.push(character);
      decoder.passTime();
      expect(decoder.events).toEqual(decode(bytes ?? ''));
    }
  });

  it('takes no harm from any bytes, and no control character passes as text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const event of decode(bytes)) {
          if (event.type === 'mouse') continue;
          expect('text' in event ? event.text : '').not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
