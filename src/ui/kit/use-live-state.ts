import { useState, useSyncExternalStore } from 'react';

/** A value that can be read and set at any time. */
export interface LiveState<Value> {
  readonly current: Value;
  /** Sets it, and has the component drawn anew where that makes a difference. */
  set(value: Value): void;
}

/**
 * State that is up to date at once, and not only in the next drawing as that of `useState` is: several keys may come
 * before that, and each has to go on from what the one before has set.
 */
export function useLiveState<Value>(initial: Value | (() => Value)): LiveState<Value> {
  const [store] = useState(() => createStore(initial instanceof Function ? initial() : initial));
  useSyncExternalStore(store.subscribe, store.snapshot);
  return store;
}

/** Has the component drawn anew, for what changes without React's knowledge. */
export function useRedraw(): () => void {
  const drawings = useLiveState(0);
  return () => drawings.set(drawings.current + 1);
}

function createStore<Value>(initial: Value) {
  const listeners = new Set<() => void>();
  let current = initial;
  return {
    get current(): Value {
      return current;
    },
    set(value: Value): void {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of listeners) listener();
    },
    snapshot: (): Value => current,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
