import type { DOMElement } from 'ink';
import {
  createContext,
  type RefObject,
  useContext,
  useEffectEvent,
  useLayoutEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { KeyEvent } from '../../terminal/keys.ts';
import { ListWindow } from '../kit/list-window.ts';
import { useRedraw } from '../kit/use-live-state.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog, DialogEvents } from '../state/dialog.ts';
import type { ScreenState } from '../state/screen-state.ts';

/** What the components of a dialog work with: the desk, the dialog, and where it stands on the screen. */
export interface DialogPlace {
  readonly desk: Desk;
  readonly dialog: Dialog;
  /** Whether it is the foremost dialog, the only one that is seen. */
  readonly isForemost: boolean;
  /** The screen's size in cells. */
  readonly columns: number;
  readonly rows: number;
  /** Screen row that is to stay in sight. */
  readonly keptY: number;
  readonly boxes: DialogBoxes;
}

/** The parts of a dialog whose places have to be known: all of it, what there is room for, what it has to show, its keys. */
export type DialogBoxes = Readonly<
  Record<'frame' | 'room' | 'content' | 'keys', RefObject<DOMElement | null>>
>;

/** Given to each dialog by the layer that draws it. */
export const DialogContext = createContext<DialogPlace | null>(null);

/** Where the dialog that a component belongs to stands. */
export function useDialogPlace(): DialogPlace {
  const place = useContext(DialogContext);
  if (place === null) throw new Error('this component belongs into a dialog');
  return place;
}

/** What the dialog may read and do. */
export function useDesk(): Desk {
  return useDialogPlace().desk;
}

/** The screen's state; the component is drawn anew with each change of it. */
export function useDeskState(): ScreenState {
  const desk = useDesk();
  return useSyncExternalStore(desk.subscribe, desk.getState);
}

/**
 * Calls `listener`, always that of the last drawing, for each such event of the dialog, and then has the component
 * drawn again.
 */
export function useDialogEvent<Name extends keyof DialogEvents>(
  name: Name,
  listener: (event: DialogEvents[Name]) => void,
): void {
  const { dialog } = useDialogPlace();
  const redraw = useRedraw();
  const onEvent = useEffectEvent((event: DialogEvents[Name]) => {
    listener(event);
    redraw();
  });
  useLayoutEffect(() => dialog.listen(name, onEvent), [dialog, name]);
}

/**
 * Takes the keys of the dialog, all but Esc and Ctrl-C. Several can come between two drawings: what one key sets and
 * the next one needs belongs into `useLiveState`, or into an object that stays.
 */
export function useKeys(onKey: (key: KeyEvent) => void): void {
  useDialogEvent('key', onKey);
}

/**
 * A list with a cursor, which the wheel and clicks move too. It has to stand first in its dialog, since clicks are
 * counted from there.
 */
export function useList(index = 0): ListWindow {
  return useWindow('list', index);
}

/** A page of lines, which the wheel moves too. */
export function usePage(): ListWindow {
  return useWindow('page', 0);
}

function useWindow(kind: 'list' | 'page', index: number): ListWindow {
  const [window] = useState(() => new ListWindow(kind, index));
  useDialogEvent('wheel', (by) => window.moveBy(by));
  useDialogEvent('click', (line) => window.onClick(line));
  return window;
}
