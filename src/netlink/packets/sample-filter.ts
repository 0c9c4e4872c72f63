import { assemble, type Instruction, op } from './filter-program.ts';

/** Where the kernel's own facts of a packet are loaded from (`SKF_AD_OFF` in `include/uapi/linux/filter.h`). */
const ancillary = 0x1_0000_0000 - 0x1000;
const packetType = ancillary + 4;
const random = ancillary + 56;

/** `PACKET_HOST` (`include/uapi/linux/if_packet.h`): what is for this machine, by its link address. */
const toUs = 0;

/** Bytes of a packet that are given: the headers. */
const headers = 128;

/** Instructions that a program may have (`BPF_MAXINSNS`), less those around the addresses. */
const mostInstructions = 4096 - 16;

/** Where the destination stands in the header, in words. */
const destination = { inet: [16], inet6: [24, 28, 32, 36] } as const;

/**
 * A program of classic BPF for a packet socket without link headers that gives one in `oneIn` packets, at random, of
 * those to these addresses. Chance comes first, so that the other packets cost a few instructions only. Where there are
 * more addresses than a program can hold, it gives packets to any address.
 */
export function sampleFilter(
  family: 'inet' | 'inet6',
  addresses: readonly Uint8Array[],
  oneIn: number,
): Uint8Array {
  const perAddress = 2 * destination[family].length + 2;
  const tests =
    addresses.length * perAddress > mostInstructions
      ? [{ code: op.give, value: headers }]
      : addresses.flatMap((address, place) => addressTest(family, address, place));
  const chance: readonly Instruction[] =
    oneIn <= 1
      ? []
      : [
          { code: op.loadWord, value: random },
          { code: op.ifAtLeast, value: Math.floor(2 ** 32 / oneIn), no: 'chosen' },
          { code: op.give, value: 0 },
        ];
  return assemble([
    ...chance,
    { label: 'chosen', code: op.loadByte, value: packetType },
    { code: op.ifEqual, value: toUs, yes: 'ours' },
    { code: op.give, value: 0 },
    { label: 'ours', code: op.loadByte, value: 0 },
    ...tests,
    { label: 'last', code: op.give, value: 0 },
  ]);
}

function addressTest(family: 'inet' | 'inet6', address: Uint8Array, place: number): Instruction[] {
  const view = new DataView(address.buffer, address.byteOffset, address.byteLength);
  const next = `after ${place}`;
  return [
    ...destination[family].flatMap((at, index) => [
      { code: op.loadWord, value: at },
      { code: op.ifEqual, value: view.getUint32(index * 4), no: next },
    ]),
    { code: op.give, value: headers },
    // A label needs an instruction to stand at: this one changes nothing.
    { label: next, code: op.loadByte, value: 0 },
  ];
}
