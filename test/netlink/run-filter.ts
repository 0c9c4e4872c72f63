import { expect } from 'vitest';
import { little } from './kernel-bytes.ts';

/** What a packet's own bytes do not tell, by where it is loaded from. */
export interface Ancillary {
  readonly type?: number;
  readonly random?: number;
}

const ancillary = 0x1_0000_0000 - 0x1000;

/** Runs a program of classic BPF as the kernel does, as far as its instructions go: whether it gives the packet. */
export function filterGives(
  program: Uint8Array,
  packet: Uint8Array,
  { type = 0, random = 0 }: Ancillary = {},
): boolean {
  const view = new DataView(program.buffer);
  const bytes = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  let loaded = 0;
  for (let at = 0; ; ) {
    const [code, value] = [view.getUint16(at, little), view.getUint32(at + 4, little)];
    const jump = (holds: boolean) => 8 * view.getUint8(at + (holds ? 2 : 3));
    if (code === 0x06) return value > 0;
    if (value === ancillary + 4) loaded = type;
    else if (value === ancillary + 56) loaded = random;
    else if (code === 0x30 || code === 0x20) {
      // Behind the end nothing is given.
      if (value + (code === 0x20 ? 4 : 1) > packet.length) return false;
      loaded = code === 0x20 ? bytes.getUint32(value) : bytes.getUint8(value);
    } else if (code === 0x35) at += jump(loaded >= value);
    else {
      expect(code).toBe(0x15);
      at += jump(loaded === value);
    }
    at += 8;
  }
}
