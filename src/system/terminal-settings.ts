import { loadLibc } from './libc.ts';

/** More than the `struct termios` of any C library. */
const roomForSettings = 256;

/**
 * Remembers the settings of a terminal; the returned function restores them. Where `fd` is no terminal, it does
 * nothing.
 */
export function keepTerminalSettings(fd: number): () => void {
  const libc = loadLibc();
  const settings = new Uint8Array(roomForSettings);
  if (libc.tcgetattr(fd, settings) !== 0) return () => undefined;
  return () => {
    libc.tcsetattr(fd, 0, settings);
  };
}
