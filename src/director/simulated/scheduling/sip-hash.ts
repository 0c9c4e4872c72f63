/** Four words of 64 bits, the low half of each first. */
const state = new Int32Array(8);

/** The constants that SipHash begins with, likewise ("somepseudorandomlygeneratedbytes"). */
const beginning = [
  ...[0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261],
  ...[0x6e657261, 0x6c796765, 0x79746573, 0x74656462],
] as const;

/** The length of what is hashed, 4 bytes, in the highest byte of its block. */
const lengthMark = 4 << 24;

/** A key of SipHash: two words of 64 bits, the low half of each first. */
export type SipKey = readonly [number, number, number, number];

/** SipHash-1-3 of one number of 32 bits, as the kernel shortens it (`hsiphash_1u32` in `lib/siphash.c` with 64-bit words). */
export function sipHash(number: number, key: SipKey): number {
  for (let word = 0; word < 4; word++) {
    const half = (word % 2) * 2;
    state[word * 2] = (beginning[word * 2] ?? 0) ^ (key[half] ?? 0);
    state[word * 2 + 1] = (beginning[word * 2 + 1] ?? 0) ^ (key[half + 1] ?? 0);
  }
  mixIn(6, number, lengthMark);
  round();
  mixIn(0, number, lengthMark);
  mixIn(4, 0xff, 0);
  round();
  round();
  round();
  return ((state[0] ?? 0) ^ (state[2] ?? 0) ^ (state[4] ?? 0) ^ (state[6] ?? 0)) >>> 0;
}

function mixIn(at: number, low: number, high: number): void {
  state[at] = (state[at] ?? 0) ^ low;
  state[at + 1] = (state[at + 1] ?? 0) ^ high;
}

function round(): void {
  add(0, 2);
  turn(2, 13);
  mixIn(2, state[0] ?? 0, state[1] ?? 0);
  swap(0);
  add(4, 6);
  turn(6, 16);
  mixIn(6, state[4] ?? 0, state[5] ?? 0);
  add(0, 6);
  turn(6, 21);
  mixIn(6, state[0] ?? 0, state[1] ?? 0);
  add(4, 2);
  turn(2, 17);
  mixIn(2, state[4] ?? 0, state[5] ?? 0);
  swap(4);
}

function add(to: number, from: number): void {
  const low = ((state[to] ?? 0) >>> 0) + ((state[from] ?? 0) >>> 0);
  state[to] = low;
  state[to + 1] = (state[to + 1] ?? 0) + (state[from + 1] ?? 0) + (low > 0xffffffff ? 1 : 0);
}

/** Rotates to the left, by fewer than 32 bits. */
function turn(at: number, bits: number): void {
  const low = state[at] ?? 0;
  const high = state[at + 1] ?? 0;
  state[at] = (low << bits) | (high >>> (32 - bits));
  state[at + 1] = (high << bits) | (low >>> (32 - bits));
}

function swap(at: number): void {
  const low = state[at] ?? 0;
  state[at] = state[at + 1] ?? 0;
  state[at + 1] = low;
}
