import { useRef, useSyncExternalStore } from 'react';
import type { Controller } from './controller.ts';
import type { ScreenState } from './screen-state.ts';

/** Parts of the state that are painted into cells, and of which Ink draws nothing. */
const painted: ReadonlySet<string> = new Set<keyof ScreenState>([
  'view',
  'host',
  'rows',
  'nameWidth',
  'cursorKey',
  'top',
  'closed',
]);

/**
 * The state as Ink has to know it. It stays the same object while nothing changed that Ink draws: rendering
 * costs more than all the painting, and most keys and readings change painted things only.
 */
export function useInkState(
  controller: Controller,
  headerHeight: (state: ScreenState) => number,
): ScreenState {
  const known = useRef(controller.getState());
  return useSyncExternalStore(controller.subscribe, () => {
    const state = controller.getState();
    if (mayLookDifferent(known.current, state) || headerHeight(known.current) !== headerHeight(state))
      known.current = state;
    return known.current;
  });
}

function mayLookDifferent(before: ScreenState, after: ScreenState): boolean {
  if (before === after) return false;
  // What is being typed into, dialogs and panes change within themselves.
  if (after.dialog !== null || after.pane !== null || after.commandLine !== null || after.filtering)
    return true;
  for (const name of Object.keys(after) as (keyof ScreenState)[]) {
    if (before[name] !== after[name] && !painted.has(name)) return true;
  }
  return false;
}
