import { useState, useSyncExternalStore } from 'react';

/** A value that can be read and set at any time. */
export interface LiveState<Value> {
  readonly current: Value;
  /** Sets the value, and has the component drawn again where it differs. */
  set(value: Value): void;
}

/**
 * State that is up to date at once, while that of `useState` is so only at the next drawing: several keys may come
 * before that, and each has to go on from what the one before has set.
 */
export function useLiveState<Value>(initial: Value | (() => Value)): LiveState<Value> {
  const [store] = useState(() => createStore(initial instanceof Function ? initial() : initial));
  useSyncExternalStore(store.subscribe, store.snapshot);
  return store;
}

/** A function that has the component drawn again, for changes that React does not know of. */
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
