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
  /** The mouse was pressed on this line of the dialog's content, counted from 0. */
  click: number;
  /** The dialog is being left with Esc or Ctrl-C; it has to take back what it has done already. */
  cancel: undefined;
  /** The table was read again, or more is known of the network. */
  reading: undefined;
}

/** How a dialog is opened. */
export interface DialogOptions {
  /** The dialog changes how the table looks: the titles stay in sight, and the rows take their new order at once. */
  readonly isAboutTable?: boolean;
  /** The dialog that is open stays as it is behind the new one, which leads back to it when it closes. */
  readonly isAbove?: boolean;
}

/** A dialog over the table: its component, and the listeners that the component adds once React has mounted it. */
export class Dialog {
  static #opened = 0;
  /** Draws it, within a `DialogFrame`. */
  readonly element: ReactElement;
  readonly isAboutTable: boolean;
  /** The dialog that is shown again when this one closes; `null` for none. */
  readonly behind: Dialog | null;
  /** A number that no other dialog has. */
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

  /** Called when React has mounted it: from now on it takes keys. */
  mounted(): void {
    this.#isMounted = true;
  }

  /** Calls `listener` for each event of that name; returns the function that ends this. */
  listen<Name extends keyof DialogEvents>(
    name: Name,
    listener: (event: DialogEvents[Name]) => void,
  ): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  /** Calls all listeners of that name. */
  tell<Name extends keyof DialogEvents>(name: Name, event: DialogEvents[Name]): void {
    for (const listener of this.#listeners[name]) listener(event);
  }
}
