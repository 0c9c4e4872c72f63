import type { ReactElement } from 'react';
import type { KeyEvent } from '../../terminal/keys.ts';

/** What a dialog is told while it is the foremost one. */
export interface DialogEvents {
  /** Each key but Esc and Ctrl-C, which leave it. */
  key: KeyEvent;
  /** Pasted text. */
  paste: string;
  /** Lines that the mouse wheel was turned by. */
  wheel: number;
  /** The mouse was pressed on that line of what it shows, counted from 0. */
  click: number;
  /** It is being left with Esc or Ctrl-C, and takes back what it has done already. */
  cancel: undefined;
  /** The table was read again, or more is known of the network. */
  reading: undefined;
}

/** How a dialog is opened. */
export interface DialogOptions {
  /** It changes how the table looks: the titles stay in sight, and the rows take their new order at once. */
  readonly isAboutTable?: boolean;
  /** The dialog that is open stays as it is behind the new one, which leads back to it. */
  readonly isAbove?: boolean;
}

/** A dialog over the table: a component, and what that listens to from when React has mounted it. */
export class Dialog {
  static #opened = 0;
  /** Draws it, within a `DialogFrame`. */
  readonly element: ReactElement;
  readonly isAboutTable: boolean;
  /** What leaving it leads back to; `null` for what is behind all dialogs. */
  readonly behind: Dialog | null;
  /** A number that no other has. */
  readonly id = Dialog.#opened++;
  readonly #listeners: { readonly [Name in keyof DialogEvents]: Set<(event: DialogEvents[Name]) => void> } = {
    key: new Set(),
    paste: new Set(),
    wheel: new Set(),
    click: new Set(),
    cancel: new Set(),
    reading: new Set(),
  };
  #isMounted = false;

  constructor(element: ReactElement, behind: Dialog | null, isAboutTable: boolean) {
    this.element = element;
    this.behind = behind;
    this.isAboutTable = isAboutTable;
  }

  /** Whether React has mounted it; what is typed before has to wait. */
  get isMounted(): boolean {
    return this.#isMounted;
  }

  /** React has mounted it. */
  mounted(): void {
    this.#isMounted = true;
  }

  /** Has `listener` told of what happens; gives what ends that. */
  listen<Name extends keyof DialogEvents>(
    name: Name,
    listener: (event: DialogEvents[Name]) => void,
  ): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  /** Tells whoever listens. */
  tell<Name extends keyof DialogEvents>(name: Name, event: DialogEvents[Name]): void {
    for (const listener of this.#listeners[name]) listener(event);
  }
}
