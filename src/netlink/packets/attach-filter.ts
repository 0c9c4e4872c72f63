import type { Libc } from '../../system/libc.ts';
import { littleEndian } from '../wire/message.ts';

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;

/**
 * Lets a socket get only the packets that a program of classic BPF, an array of `struct sock_filter`, lets through.
 * Returns what setsockopt(2) returns.
 */
export function attachFilter(libc: Libc, fd: number, program: Uint8Array): number {
  const { wordLength } = libc;
  const struct = new Uint8Array(2 * wordLength);
  const view = new DataView(struct.buffer);
  view.setUint16(0, program.length / 8, littleEndian);
  const address = libc.addressOf(program);
  if (wordLength === 8) view.setBigUint64(wordLength, address, littleEndian);
  else view.setUint32(wordLength, Number(address), littleEndian);
  return libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, struct, struct.length);
}
