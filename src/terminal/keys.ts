import { isVisible, visible } from '../ipvs/visible.ts';
import { colorOfReply } from './background-question.ts';
import { eventOfSequence, keyOfLinuxConsole, keyOfSingleShift, x10Mouse } from './control-sequences.ts';
import { characterKey, type InputEvent, keyEvent, NO_MODIFIERS, type TerminalEvent } from './input-events.ts';

export {
  type InputEvent,
  type KeyEvent,
  keyChord,
  type MouseEvent,
  type PasteEvent,
  type TerminalEvent,
} from './input-events.ts';

/** Calls `action` after that many milliseconds; the function returned prevents it. */
export type Schedule = (action: () => void, milliseconds: number) => () => void;

/** How a decoder works. */
export interface KeyDecoderOptions {
  /** Called for each event, in order, within `push` or when a wait is over. */
  readonly onEvent: (event: TerminalEvent) => void;
  /** Milliseconds after which an ESC without more is the Esc key; 40 unless said otherwise. */
  readonly escapeTimeout?: number | undefined;
  /** Milliseconds to wait for the rest of a sequence that certainly began; 400 unless said otherwise. */
  readonly sequenceTimeout?: number | undefined;
  /** The timer; Node's own unless said otherwise. */
  readonly schedule?: Schedule | undefined;
}

const ESCAPE_TIMEOUT = 40;
const SEQUENCE_TIMEOUT = 400;
/** A paste whose end was lost must not swallow keys for ever. */
const PASTE_TIMEOUT = 3000;
/** Bytes of a paste that are kept; what is beyond is dropped. */
const MAX_PASTE = 1 << 20;
/** Characters of a control sequence that are looked at; longer ones are passed over. */
const MAX_SEQUENCE = 128;

const ESC = 0x1b;
const BELL = 0x07;
const CANCEL = 0x18;
const SUBSTITUTE = 0x1a;
/** `]`, which begins an operating system command. */
const OSC = 0x5d;
const PASTE_END = [ESC, 0x5b, 0x32, 0x30, 0x31, 0x7e];

/**
 * Where the decoder is: at rest; behind ESC or ESC ESC; in a CSI, SS3, Linux-console or string
 * sequence (`string-end`: behind an ESC that may end it); in the three bytes of an old mouse report;
 * in a character of several bytes; in a paste.
 */
type State =
  | 'ground'
  | 'escape'
  | 'double-escape'
  | 'control'
  | 'single-shift'
  | 'linux'
  | 'string'
  | 'string-end'
  | 'mouse'
  | 'character'
  | 'paste';

/** Introducers of strings that a terminal answers with, by what follows the ESC. */
const STRING_INTRODUCERS = new Set([...'P]X^_'].map((character) => character.charCodeAt(0)));

/**
 * Turns the bytes of a terminal's input into events, however they are cut into reads. What is not a
 * key (replies of the terminal but for that about its ground, sequences unknown to us, broken characters) is swallowed
 * whole.
 */
export class KeyDecoder {
  readonly #onEvent: (event: TerminalEvent) => void;
  readonly #escapeTimeout: number;
  readonly #sequenceTimeout: number;
  readonly #schedule: Schedule;
  #cancelTimer: (() => void) | undefined;
  #state: State = 'ground';
  /** An ESC stood before the sequence: the Alt key. */
  #alt = false;
  /** What came of the present sequence after its introducer. */
  #sequence = '';
  /** The introducer's second character: it was Alt with that key if nothing follows. */
  #introducer = 0;
  #mouse: number[] = [];
  #codePoint = 0;
  #missing = 0;
  #smallest = 0;
  #paste: number[] = [];

  constructor(options: KeyDecoderOptions) {
    this.#onEvent = options.onEvent;
    this.#escapeTimeout = options.escapeTimeout ?? ESCAPE_TIMEOUT;
    this.#sequenceTimeout = options.sequenceTimeout ?? SEQUENCE_TIMEOUT;
    this.#schedule = options.schedule ?? scheduleAfterInput;
  }

  /** Takes what was read from the terminal. */
  push(bytes: Uint8Array): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const byte of bytes) this.#take(byte);
    const timeout = this.#timeout();
    if (timeout > 0) this.#cancelTimer = this.#schedule(this.#onTimeout, timeout);
  }

  /** Forgets what is incomplete; nothing is emitted any more until the next `push`. */
  reset(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#rest();
  }

  #timeout(): number {
    switch (this.#state) {
      case 'ground':
        return 0;
      case 'escape':
      case 'double-escape':
        return this.#escapeTimeout;
      case 'paste':
        return PASTE_TIMEOUT;
      default:
        return this.#sequenceTimeout;
    }
  }

  /** Nothing more came: what has come so far is decided as it stands. */
  readonly #onTimeout = (): void => {
    this.#cancelTimer = undefined;
    const state = this.#state;
    const alt = this.#alt;
    const isBare = this.#sequence === '';
    const introducer = this.#introducer;
    switch (state) {
      case 'escape':
        this.#rest();
        this.#onEvent(keyEvent('escape'));
        break;
      case 'double-escape':
        this.#rest();
        this.#onEvent(keyEvent('escape'));
        this.#onEvent(keyEvent('escape'));
        break;
      case 'control':
      case 'single-shift':
      case 'string':
        // Alt with [, O, ] and so on begins like a sequence.
        this.#rest();
        if (isBare && alt) this.#onEvent(keyEvent('escape'));
        if (isBare) this.#onEvent(characterKey(introducer, { ...NO_MODIFIERS, alt: true }));
        break;
      case 'paste':
        this.#endPaste(this.#paste.length);
        break;
      default:
        this.#rest();
    }
  };

  #rest(): void {
    this.#state = 'ground';
    this.#alt = false;
    this.#sequence = '';
    this.#introducer = 0;
    this.#mouse = [];
    this.#paste = [];
    this.#missing = 0;
  }

  #take(byte: number): void {
    switch (this.#state) {
      case 'ground':
        this.#takeCharacter(byte);
        break;
      case 'escape':
        this.#afterEscape(byte);
        break;
      case 'double-escape':
        this.#afterDoubleEscape(byte);
        break;
      case 'control':
        this.#inControl(byte);
        break;
      case 'single-shift':
        this.#inSingleShift(byte);
        break;
      case 'linux': {
        const alt = this.#alt;
        this.#rest();
        if (byte === ESC) this.#take(byte);
        else this.#emit(keyOfLinuxConsole(String.fromCharCode(byte), alt));
        break;
      }
      case 'string':
        this.#inString(byte);
        break;
      case 'string-end':
        // Only ESC \ ends a string; any other ESC begins something new.
        if (byte === 0x5c) {
          this.#endString();
        } else {
          this.#rest();
          this.#state = 'escape';
          this.#take(byte);
        }
        break;
      case 'mouse':
        this.#inMouse(byte);
        break;
      case 'character':
        this.#inCharacter(byte);
        break;
      case 'paste':
        this.#inPaste(byte);
        break;
    }
  }

  /** A byte at rest, or behind an ESC that is Alt: a key of its own, or the beginning of a character. */
  #takeCharacter(byte: number): void {
    if (byte === ESC) {
      this.#state = 'escape';
    } else if (byte < 0x80) {
      const modifiers = { ...NO_MODIFIERS, alt: this.#alt };
      this.#rest();
      this.#onEvent(characterKey(byte, modifiers));
    } else if (byte >= 0xc2 && byte <= 0xf4) {
      this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      this.#codePoint = byte & (0x3f >> this.#missing);
      this.#smallest = this.#missing === 1 ? 0x80 : this.#missing === 2 ? 0x800 : 0x10000;
      this.#state = 'character';
    } else {
      this.#rest();
    }
  }

  #inCharacter(byte: number): void {
    if ((byte & 0xc0) !== 0x80) {
      // Broken off: the new byte begins something else.
      this.#rest();
      this.#take(byte);
      return;
    }
    this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
    this.#missing -= 1;
    if (this.#missing > 0) return;
    const codePoint = this.#codePoint;
    const modifiers = { ...NO_MODIFIERS, alt: this.#alt };
    const isWhole = codePoint >= this.#smallest && codePoint <= 0x10ffff;
    this.#rest();
    if (!isWhole || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return;
    const character = String.fromCodePoint(codePoint);
    // What has no shape is no key.
    if (isVisible(character)) this.#onEvent(characterKey(codePoint, modifiers));
  }

  #afterEscape(byte: number): void {
    if (byte === ESC) {
      this.#state = 'double-escape';
    } else if (!this.#introduces(byte)) {
      this.#alt = true;
      this.#state = 'ground';
      this.#takeCharacter(byte);
    }
  }

  /** ESC ESC: two Esc keys, or Alt with a key that sends a sequence (rxvt, PuTTY). */
  #afterDoubleEscape(byte: number): void {
    if (byte === ESC) {
      this.#onEvent(keyEvent('escape'));
    } else if (byte === 0x5b || byte === 0x4f) {
      this.#introduces(byte);
      this.#alt = true;
    } else {
      this.#onEvent(keyEvent('escape'));
      this.#state = 'escape';
      this.#take(byte);
    }
  }

  #introduces(byte: number): boolean {
    if (byte === 0x5b) this.#state = 'control';
    else if (byte === 0x4f) this.#state = 'single-shift';
    else if (STRING_INTRODUCERS.has(byte)) this.#state = 'string';
    else return false;
    this.#introducer = byte;
    this.#sequence = '';
    return true;
  }

  #inControl(byte: number): void {
    if (this.#isInterrupted(byte)) return;
    if (this.#sequence === '' && byte === 0x5b) {
      this.#state = 'linux';
      return;
    }
    if (this.#sequence === '' && byte === 0x4d) {
      this.#state = 'mouse';
      return;
    }
    // rxvt ends Shift with a key in a dollar, which elsewhere announces a final character.
    const isRxvtShift = byte === 0x24 && /^\d+$/.test(this.#sequence);
    if (byte < 0x20 || byte > 0x7e) {
      // Not part of any sequence: what came so far is broken.
      this.#rest();
      this.#take(byte);
    } else if (byte < 0x40 && !isRxvtShift) {
      // One character beyond the limit is kept, to tell that it was too long.
      if (this.#sequence.length <= MAX_SEQUENCE) this.#sequence += String.fromCharCode(byte);
    } else {
      this.#endControl(String.fromCharCode(byte));
    }
  }

  #endControl(final: string): void {
    const alt = this.#alt;
    const sequence = this.#sequence;
    this.#rest();
    if (sequence.length > MAX_SEQUENCE) return;
    const parts = /^([<=>?]?)([\d:;]*)([ -/]*)$/.exec(sequence);
    if (parts === null) return;
    const [, prefix = '', numbers = '', intermediates = ''] = parts;
    const parameters = numbers === '' ? [] : numbers.split(';').map(parameterOf);
    if (final === '~' && prefix === '' && parameters[0] === 200) {
      this.#state = 'paste';
      return;
    }
    this.#emit(eventOfSequence({ prefix, parameters, intermediates, final }, alt));
  }

  #inSingleShift(byte: number): void {
    if (this.#isInterrupted(byte)) return;
    if (byte >= 0x30 && byte <= 0x39 && this.#sequence.length < 2) {
      this.#sequence += String.fromCharCode(byte);
      return;
    }
    const alt = this.#alt;
    const modifier = Number(this.#sequence);
    this.#rest();
    if (byte < 0x20 || byte > 0x7e) this.#take(byte);
    else this.#emit(keyOfSingleShift(String.fromCharCode(byte), modifier, alt));
  }

  #inString(byte: number): void {
    if (byte === ESC) this.#state = 'string-end';
    else if (byte === BELL) this.#endString();
    else if (byte === CANCEL || byte === SUBSTITUTE) this.#rest();
    // One character beyond the limit is kept, to tell that it was too long.
    else if (this.#sequence.length <= MAX_SEQUENCE) this.#sequence += String.fromCharCode(byte);
  }

  /** Of all strings only the answer to our one question says something. */
  #endString(): void {
    const color = this.#introducer === OSC ? colorOfReply(this.#sequence) : undefined;
    this.#rest();
    if (color !== undefined) this.#onEvent({ type: 'background', color });
  }

  #inMouse(byte: number): void {
    this.#mouse.push(byte);
    const [button, x, y] = this.#mouse;
    if (button === undefined || x === undefined || y === undefined) return;
    this.#rest();
    this.#onEvent(x10Mouse(button, x, y));
  }

  /** An ESC within a sequence begins a new one; CAN and SUB end it. */
  #isInterrupted(byte: number): boolean {
    if (byte === ESC) {
      this.#rest();
      this.#state = 'escape';
      return true;
    }
    if (byte !== CANCEL && byte !== SUBSTITUTE) return false;
    this.#rest();
    return true;
  }

  #inPaste(byte: number): void {
    const paste = this.#paste;
    paste.push(byte);
    if (byte === 0x7e && PASTE_END.every((wanted, index) => paste.at(index - PASTE_END.length) === wanted)) {
      this.#endPaste(paste.length - PASTE_END.length);
    } else if (paste.length > MAX_PASTE + PASTE_END.length) {
      // The end must still be found, so the last few bytes stay behind what is kept.
      paste.splice(MAX_PASTE, 1);
    }
  }

  #endPaste(length: number): void {
    const text = new TextDecoder().decode(Uint8Array.from(this.#paste.slice(0, Math.min(length, MAX_PASTE))));
    this.#rest();
    this.#onEvent({ type: 'paste', text: visible(withoutLastLineEnds(text)) });
  }

  #emit(event: InputEvent | undefined): void {
    if (event !== undefined) this.#onEvent(event);
  }
}

/** The greatest number of a sequence; no key and no place on a screen has so great a one. */
const MAX_PARAMETER = 0x7fffffff;

/** Of a number with parts (`1:3`) the first part. */
function parameterOf(text: string): number {
  return Math.min(Number.parseInt(text, 10) || 0, MAX_PARAMETER);
}

/** Done by hand: a regular expression for the end of a text would try anew at every line end before it. */
function withoutLastLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
  return text.slice(0, end);
}

/**
 * Node looks at its timers before its files: after a pause of the event loop the rest of a sequence
 * may lie there unread when the time is over. So the next round of reading is still waited for.
 */
function scheduleAfterInput(action: () => void, milliseconds: number): () => void {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(action);
  }, milliseconds);
  return () => {
    clearTimeout(timer);
    if (immediate !== undefined) clearImmediate(immediate);
  };
}
