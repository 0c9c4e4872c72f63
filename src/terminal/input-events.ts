import type { Color } from './style.ts';

/** A key that was pressed. */
export interface KeyEvent {
  readonly type: 'key';
  /**
   * The character itself for what prints (`a`, `G`, `+`, `ä`), else a name: `space enter tab escape
   * backspace insert delete home end pageup pagedown up down left right center f1`–`f20`.
   */
  readonly name: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  /** Only where it is not in the character already: Shift-Tab, Shift-F3; never with a letter. */
  readonly shift: boolean;
  /** What the key would type into a field; absent for keys that type nothing and with Ctrl or Alt. */
  readonly text?: string;
}

/** Text that was pasted as one piece. Controls in it are visible signs, line ends at its end left out. */
export interface PasteEvent {
  readonly type: 'paste';
  readonly text: string;
}

/** Something that the mouse did. */
export interface MouseEvent {
  readonly type: 'mouse';
  readonly action: 'press' | 'release' | 'drag' | 'move' | 'scroll-up' | 'scroll-down';
  /** The button of a press, release or drag; `none` otherwise or when the terminal does not say. */
  readonly button: 'left' | 'middle' | 'right' | 'none';
  /** The cell, counted from 0. */
  readonly x: number;
  readonly y: number;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

/** The terminal's answer to `BACKGROUND_QUESTION`: the ground it shows text on. */
export interface BackgroundEvent {
  readonly type: 'background';
  readonly color: Color;
}

/** What the operator did at the terminal. */
export type InputEvent = KeyEvent | PasteEvent | MouseEvent;

/** What the operator did, or what the terminal itself answered. */
export type TerminalEvent = InputEvent | BackgroundEvent;

/** Keys held down with another. */
export interface Modifiers {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

/** No modifier. */
export const NO_MODIFIERS: Modifiers = { ctrl: false, alt: false, shift: false };

/**
 * The key as it is written in a table of keys: modifiers, then the name, joined with `+`, such as
 * `ctrl+c`, `alt+left`, `shift+tab`, `G` or `f1`.
 */
export function keyChord(event: KeyEvent): string {
  const { ctrl, alt, shift, name } = event;
  return `${ctrl ? 'ctrl+' : ''}${alt ? 'alt+' : ''}${shift ? 'shift+' : ''}${name}`;
}

/** A key event by name; `text` for what it types. */
export function keyEvent(name: string, modifiers: Modifiers = NO_MODIFIERS, text?: string): KeyEvent {
  const { ctrl, alt, shift } = modifiers;
  const event: KeyEvent = { type: 'key', name, ctrl, alt, shift };
  return text === undefined || ctrl || alt ? event : { ...event, text };
}

/** The key of a character that a terminal sent: what prints, or a control character below 32 or 127. */
export function characterKey(codePoint: number, modifiers: Modifiers = NO_MODIFIERS): KeyEvent {
  switch (codePoint) {
    case 0:
      return keyEvent('space', { ...modifiers, ctrl: true });
    // Ctrl-H is what some terminals send for Backspace.
    case 0x08:
    case 0x7f:
      return keyEvent('backspace', modifiers);
    case 0x09:
      return keyEvent('tab', modifiers);
    case 0x0a:
    case 0x0d:
      return keyEvent('enter', modifiers);
    case 0x1b:
      return keyEvent('escape', modifiers);
    case 0x20:
      return keyEvent('space', modifiers, ' ');
  }
  if (codePoint < 0x1b) return keyEvent(String.fromCharCode(0x60 + codePoint), { ...modifiers, ctrl: true });
  if (codePoint < 0x20) return keyEvent(String.fromCharCode(0x40 + codePoint), { ...modifiers, ctrl: true });
  const character = String.fromCodePoint(codePoint);
  if (!modifiers.shift) return keyEvent(character, modifiers, character);
  const upper = character.toUpperCase();
  const shifted = [...upper].length === 1 ? upper : character;
  return keyEvent(shifted, { ...modifiers, shift: false }, shifted);
}
