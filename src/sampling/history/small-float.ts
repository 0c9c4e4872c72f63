const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/** A number in two bytes, to within 0.4 percent: the upper half of its 32-bit form. NaN stays NaN. */
export function toSmallFloat(value: number): number {
  floats[0] = value;
  const word = words[0] ?? 0;
  if (Number.isNaN(value)) return 0x7fc0;
  return Math.min(0xffff, (word + 0x8000) >>> 16);
}

/** The number that two bytes stand for. */
export function fromSmallFloat(bits: number): number {
  words[0] = bits << 16;
  return floats[0] ?? Number.NaN;
}
