import { littleEndian } from '../wire/message.ts';

/** Codes of classic BPF (`include/uapi/linux/bpf_common.h`). */
export const op = {
  loadWord: 0x20,
  loadByte: 0x30,
  loadByteAfterHeader: 0x50,
  loadHalf: 0x28,
  loadHalfAfterHeader: 0x48,
  headerLength: 0xb1,
  ifEqual: 0x15,
  ifGreater: 0x25,
  ifAtLeast: 0x35,
  ifAnySet: 0x45,
  shiftLeft: 0x64,
  addIndex: 0x0c,
  subtractIndex: 0x1c,
  toIndex: 0x07,
  packetLength: 0x80,
  give: 0x06,
} as const;

/** An instruction; jumps name where they lead. */
export interface Instruction {
  readonly label?: string;
  readonly code: number;
  readonly value: number;
  /** Where to go on, if not with the next one. */
  readonly yes?: string;
  readonly no?: string;
}

/** More bytes than a packet has. */
const whole = 0x40000;

/** How a program ends: `take` gives the whole packet, `leave` none of it. */
export const ends: readonly Instruction[] = [
  { label: 'take', code: op.give, value: whole },
  { label: 'leave', code: op.give, value: 0 },
];

/** Makes a program of instructions: an array of `struct sock_filter` (`include/uapi/linux/filter.h`). */
export function assemble(instructions: readonly Instruction[]): Uint8Array {
  const places = new Map(
    instructions.flatMap(({ label }, place) => (label === undefined ? [] : [[label, place]])),
  );
  const program = new Uint8Array(instructions.length * 8);
  const view = new DataView(program.buffer);
  for (const [place, { code, value, yes, no }] of instructions.entries()) {
    const distance = (label: string | undefined) =>
      label === undefined ? 0 : (places.get(label) ?? place + 1) - place - 1;
    view.setUint16(place * 8, code, littleEndian);
    view.setUint8(place * 8 + 2, distance(yes));
    view.setUint8(place * 8 + 3, distance(no));
    view.setUint32(place * 8 + 4, value, littleEndian);
  }
  return program;
}
