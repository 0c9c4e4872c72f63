import { KeyDecoder, type TerminalEvent } from '../../src/terminal/keys.ts';

/** A decoder with a clock that is moved by hand. */
export function makeDecoder() {
  const events: TerminalEvent[] = [];
  let waiting: { action: () => void; milliseconds: number } | undefined;
  const decoder = new KeyDecoder({
    onEvent: (event) => events.push(event),
    escapeTimeout: 40,
    sequenceTimeout: 400,
    schedule: (action, milliseconds) => {
      const entry = { action, milliseconds };
      waiting = entry;
      return () => {
        if (waiting === entry) waiting = undefined;
      };
    },
  });
  return {
    events,
    push: (text: string | Uint8Array) =>
      decoder.push(typeof text === 'string' ? Buffer.from(text, 'latin1') : text),
    get wait() {
      return waiting?.milliseconds;
    },
    /** Lets the time pass until nothing is waited for. */
    passTime: () => {
      while (waiting !== undefined) {
        const { action } = waiting;
        waiting = undefined;
        action();
      }
    },
  };
}
