import { isVisible } from '../ipvs/visible.ts';
import {
  characterKey,
  type InputEvent,
  keyEvent,
  type Modifiers,
  type MouseEvent,
  NO_MODIFIERS,
} from './input-events.ts';

/** A complete control sequence: what stood between `CSI` and its final character. */
export interface ControlSequence {
  /** `<`, `=`, `>` or `?` if it began with one, else empty. */
  readonly prefix: string;
  /** Its numbers; 0 where none stood. Of numbers with parts (`1:3`) the first part. */
  readonly parameters: readonly number[];
  readonly intermediates: string;
  readonly final: string;
}

/** Keys by the number before `~`: vt220, xterm, rxvt and the Linux console agree, except on Home and End. */
const BY_NUMBER: ReadonlyMap<number, string> = new Map([
  [1, 'home'],
  [2, 'insert'],
  [3, 'delete'],
  [4, 'end'],
  [5, 'pageup'],
  [6, 'pagedown'],
  [7, 'home'],
  [8, 'end'],
  [11, 'f1'],
  [12, 'f2'],
  [13, 'f3'],
  [14, 'f4'],
  [15, 'f5'],
  [17, 'f6'],
  [18, 'f7'],
  [19, 'f8'],
  [20, 'f9'],
  [21, 'f10'],
  [23, 'f11'],
  [24, 'f12'],
  [25, 'f13'],
  [26, 'f14'],
  [28, 'f15'],
  [29, 'f16'],
  [31, 'f17'],
  [32, 'f18'],
  [33, 'f19'],
  [34, 'f20'],
]);

/** Keys by the final letter, after CSI and SS3 alike. */
const BY_LETTER: ReadonlyMap<string, string> = new Map([
  ['A', 'up'],
  ['B', 'down'],
  ['C', 'right'],
  ['D', 'left'],
  ['E', 'center'],
  ['F', 'end'],
  ['H', 'home'],
  ['P', 'f1'],
  ['Q', 'f2'],
  ['R', 'f3'],
  ['S', 'f4'],
]);

/** rxvt's arrows in lower case: with Shift after CSI, with Ctrl after SS3. */
const RXVT_ARROWS: ReadonlyMap<string, string> = new Map([
  ['a', 'up'],
  ['b', 'down'],
  ['c', 'right'],
  ['d', 'left'],
]);

/** The keypad in application mode, after SS3. */
const KEYPAD = new Map(
  [...'jklmnopqrstuvwxyX'].map((letter, index) => [letter, '*+,-./0123456789='[index] ?? '']),
);

/** The event of a control sequence; undefined for what is no key: unknown ones and the terminal's replies. */
export function eventOfSequence(sequence: ControlSequence, alt: boolean): InputEvent | undefined {
  const { prefix, parameters, intermediates, final } = sequence;
  if (prefix === '<' && (final === 'M' || final === 'm')) return sgrMouse(parameters, final === 'm');
  if (prefix !== '' || intermediates !== '') return undefined;
  const number = parameters[0] ?? 0;
  const modifiers = withAlt(modifiersOf(parameters[1] ?? 0), alt);
  switch (final) {
    case '~':
      // xterm's modifyOtherKeys.
      if (number === 27 && parameters.length >= 3) return ordinaryKey(parameters[2] ?? 0, modifiers);
      return numberedKey(number, modifiers);
    case '$':
      return numberedKey(number, { ...modifiers, shift: true });
    case '^':
      return numberedKey(number, { ...modifiers, ctrl: true });
    case '@':
      return numberedKey(number, { ...modifiers, ctrl: true, shift: true });
    case 'u':
      return ordinaryKey(number, modifiers);
    case 'Z':
      return keyEvent('tab', { ...modifiers, shift: true });
    case 'M':
      return parameters.length >= 3 ? urxvtMouse(parameters) : undefined;
    case 'R':
      // The same letter reports the cursor's position; only a first row looks like a key.
      if (parameters.length >= 2 && (number !== 1 || (parameters[1] ?? 0) > 16)) return undefined;
      break;
  }
  const arrow = RXVT_ARROWS.get(final);
  if (arrow !== undefined && parameters.length === 0) return keyEvent(arrow, { ...modifiers, shift: true });
  const name = BY_LETTER.get(final);
  return name === undefined ? undefined : keyEvent(name, modifiers);
}

/** The key of `SS3 letter`, with xterm's old modifier digit if there was one. */
export function keyOfSingleShift(letter: string, modifier: number, alt: boolean): InputEvent | undefined {
  const modifiers = withAlt(modifiersOf(modifier), alt);
  const arrow = RXVT_ARROWS.get(letter);
  if (arrow !== undefined) return keyEvent(arrow, { ...modifiers, ctrl: true });
  if (letter === 'M') return keyEvent('enter', modifiers);
  if (letter === 'I') return keyEvent('tab', modifiers);
  const character = KEYPAD.get(letter);
  if (character !== undefined) return characterKey(character.charCodeAt(0), modifiers);
  const name = BY_LETTER.get(letter);
  return name === undefined ? undefined : keyEvent(name, modifiers);
}

/** F1 to F5 of the Linux console: `CSI [ A` to `CSI [ E`. */
export function keyOfLinuxConsole(letter: string, alt: boolean): InputEvent | undefined {
  const index = 'ABCDE'.indexOf(letter);
  return index < 0 ? undefined : keyEvent(`f${index + 1}`, withAlt(NO_MODIFIERS, alt));
}

/** The oldest mouse report: three bytes after `CSI M`, each with 32 added. */
export function x10Mouse(button: number, x: number, y: number): MouseEvent {
  return mouseEvent(button - 32, x - 33, y - 33, false);
}

function numberedKey(number: number, modifiers: Modifiers): InputEvent | undefined {
  const name = BY_NUMBER.get(number);
  return name === undefined ? undefined : keyEvent(name, modifiers);
}

function ordinaryKey(codePoint: number, modifiers: Modifiers): InputEvent | undefined {
  // Kitty numbers keys without a character from the private use area on.
  const isCharacter = codePoint > 0 && codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xf8ff);
  if (!isCharacter) return undefined;
  // As with typed characters, a character that shows nothing is no key.
  const isShown = codePoint < 0x80 || isVisible(String.fromCodePoint(codePoint));
  return isShown ? characterKey(codePoint, modifiers) : undefined;
}

/** xterm's modifier number: one more than the sum of Shift 1, Alt 2, Ctrl 4 and Meta 8. */
function modifiersOf(parameter: number): Modifiers {
  const bits = parameter > 0 ? parameter - 1 : 0;
  return { shift: (bits & 1) !== 0, alt: (bits & 10) !== 0, ctrl: (bits & 4) !== 0 };
}

function withAlt(modifiers: Modifiers, alt: boolean): Modifiers {
  return alt ? { ...modifiers, alt: true } : modifiers;
}

function sgrMouse(parameters: readonly number[], isRelease: boolean): MouseEvent | undefined {
  const [button, x, y] = parameters;
  if (button === undefined || x === undefined || y === undefined) return undefined;
  return mouseEvent(button, x - 1, y - 1, isRelease);
}

function urxvtMouse(parameters: readonly number[]): MouseEvent | undefined {
  const [button, x, y] = parameters;
  if (button === undefined || x === undefined || y === undefined) return undefined;
  return mouseEvent(button - 32, x - 1, y - 1, false);
}

const BUTTONS = ['left', 'middle', 'right', 'none'] as const;

/** `code`: button 0–3 (3: none, a release in old reports), Shift 4, Alt 8, Ctrl 16, motion 32, wheel 64. */
function mouseEvent(code: number, x: number, y: number, isRelease: boolean): MouseEvent {
  const held = BUTTONS[code & 3] ?? 'none';
  const isWheel = (code & 64) !== 0;
  const isMotion = (code & 32) !== 0;
  let action: MouseEvent['action'] = 'press';
  if (isWheel) action = (code & 1) === 0 ? 'scroll-up' : 'scroll-down';
  else if (isMotion) action = held === 'none' ? 'move' : 'drag';
  else if (isRelease || held === 'none') action = 'release';
  return {
    type: 'mouse',
    action,
    button: isWheel ? 'none' : held,
    x: Math.max(0, x),
    y: Math.max(0, y),
    ctrl: (code & 16) !== 0,
    alt: (code & 8) !== 0,
    shift: (code & 4) !== 0,
  };
}
