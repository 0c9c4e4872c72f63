import { useSyncExternalStore } from 'react';
import type { Controller } from './controller.ts';
import type { ScreenState } from './screen-state.ts';

/**
 * The state while a dialog is open, else `null`: all else is painted into cells, and Ink, whose rendering costs
 * more than all the painting, has nothing to do.
 */
export function useDialogState(controller: Controller): ScreenState | null {
  return useSyncExternalStore(controller.subscribe, () => {
    const state = controller.getState();
    return state.dialog === null ? null : state;
  });
}
