import { loadLibc } from './libc.ts';

/** More than the `struct termios` of any C library. */
const roomForSettings = 256;

/** Remembers how a terminal is set; gives what sets it so again. Where it is none, that does nothing. */
export function keepTerminalSettings(fd: number): () => void {
  const libc = loadLibc();
  const settings = new Uint8Array(roomForSettings);
  if (libc.tcgetattr(fd, settings) !== 0) return () => undefined;
  return () => {
    libc.tcsetattr(fd, 0, settings);
  };
}
