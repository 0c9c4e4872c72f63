import type { RowKey } from '../ipvs/identity.ts';
import { type InputEvent, type KeyEvent, keyChord } from '../terminal/keys.ts';
import { commandOfKey } from './commands.ts';
import { keyLabel } from './kit/key-label.ts';
import { type PointedAt, Pointer } from './pointer.ts';
import { rowCommands, runCommand, worksInPane } from './state/command.ts';
import type { Desk } from './state/desk.ts';
import type { Pane } from './state/pane.ts';
import type { TypedLine } from './state/typed-line.ts';

/**
 * Hands on what comes from the terminal to the dialog, the line that is being typed, the pane or the table's commands.
 * What is typed ahead waits: for the first reading, for React to mount a dialog, and while the next question is still
 * being worked out.
 */
export class InputRouter {
  readonly #desk: Desk;
  readonly #pointer: Pointer;
  readonly #waiting: InputEvent[] = [];
  #isHeld = false;
  /** Keys without a meaning that the operator was told of: once is enough. */
  readonly #toldUnknown = new Set<string>();

  /** `look` tells what is where on the screen. */
  constructor(desk: Desk, look: () => PointedAt) {
    this.#desk = desk;
    this.#pointer = new Pointer(desk, look, (key) => this.take(key));
  }

  /** Takes what was typed, pasted or done with the mouse. */
  take(event: InputEvent): void {
    const { view, dialog } = this.#desk.getState();
    // Ctrl-C does not wait for a reading that may never come.
    const isWaiting = (view === null && dialog === null) || this.#isHeld;
    if (isWaiting && isInterrupt(event)) this.#handOn(event);
    else this.#waiting.push(event);
    this.goOn();
  }

  /** Has all input wait until `release`, except Ctrl-C. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Ends `hold`, and hands on what had to wait. */
  release(): void {
    this.#isHeld = false;
    this.goOn();
  }

  /** Hands on what had to wait, as long as there is something to take it. */
  goOn(): void {
    while (this.#isOpen()) {
      const event = this.#waiting.shift();
      if (event === undefined) return;
      this.#handOn(event);
    }
  }

  #isOpen(): boolean {
    const { view, dialog } = this.#desk.getState();
    return !this.#isHeld && (dialog === null ? view !== null : dialog.isMounted);
  }

  #handOn(event: InputEvent): void {
    if (event.type === 'key') this.#onKey(event);
    else if (event.type === 'paste') this.#onPaste(event.text);
    else this.#pointer.take(event);
  }

  #onKey(key: KeyEvent): void {
    const desk = this.#desk;
    const { pane, dialog, typed } = desk.getState();
    if (isInterrupt(key)) {
      if (dialog === null && typed === null) {
        if (pane === null) desk.quit();
        else desk.closePane();
      } else {
        dialog?.tell('cancel', undefined);
        desk.update({ dialog: null, typed: null });
      }
    } else if (dialog !== null) {
      if (key.name === 'escape') {
        dialog.tell('cancel', undefined);
        desk.closeDialog();
      } else dialog.tell('key', key);
    } else if (typed !== null) {
      this.#onTypedKey(typed, key);
    } else if (pane !== null) {
      this.#onPaneKey(pane, key);
    } else {
      this.#onCommandKey(key);
    }
  }

  #onTypedKey(line: TypedLine, key: KeyEvent): void {
    if (key.name !== 'enter' && key.name !== 'escape') {
      line.onKey(key);
      return;
    }
    // The line is closed first: what a command shows belongs to a screen without it.
    this.#desk.update({ typed: null });
    if (key.name === 'enter') line.onEnter?.();
    else line.onEscape?.();
  }

  #onPaneKey(pane: Pane, key: KeyEvent): void {
    if (key.name === 'escape') {
      this.#desk.closePane();
      return;
    }
    if (pane.onKey(key)) return;
    const command = commandOfKey(key, this.#desk.getState().keys);
    if (command === undefined || worksInPane(command, pane)) {
      const goesToRow = command !== undefined && (command.group === 'Edits' || rowCommands.has(command.id));
      if (!goesToRow || this.#goTo(pane.rowKey)) this.#onCommandKey(key);
      else this.#desk.say('hint', `${command.title}: this row is gone, or left out by the filter`);
    } else {
      this.#desk.say('hint', `${command.title}: belongs to the table, which is behind Esc`);
    }
  }

  #onCommandKey(key: KeyEvent): void {
    const command = commandOfKey(key, this.#desk.getState().keys);
    if (command !== undefined) runCommand(this.#desk, command);
    // One Esc too many leaves nothing, and is no mistake.
    else if (key.name !== 'escape' && !this.#toldUnknown.has(keyChord(key))) {
      this.#toldUnknown.add(keyChord(key));
      this.#desk.say('hint', `${keyLabel(keyChord(key))} means nothing here; ? shows all keys`);
    } else if (this.#desk.getState().message !== null) this.#desk.update({ message: null });
  }

  /** Brings the cursor to a row; `false` when it is not in the table. */
  #goTo(key: RowKey | null): boolean {
    if (key === null || this.#desk.getState().rows.indexOf(key) < 0) return false;
    this.#desk.update({ cursorKey: key });
    return true;
  }

  #onPaste(text: string): void {
    const { dialog, typed } = this.#desk.getState();
    if (dialog !== null) dialog.tell('paste', text);
    else typed?.onPaste(text);
  }
}

/** Whether it is Ctrl-C, the key that always leaves. */
function isInterrupt(event: InputEvent): boolean {
  return event.type === 'key' && event.ctrl && event.name === 'c';
}
