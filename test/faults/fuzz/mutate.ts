import type { Random } from './random.ts';

/** What inputs are made from. */
export interface Samples {
  /** Valid ones, that most of an input is like. */
  readonly seeds: readonly [Buffer, ...Buffer[]];
  /** Words that mean something to the reader, put in or in place of others. */
  readonly words: readonly [Buffer, ...Buffer[]];
  /** What stands between words: parts from one to the next are left out, doubled and put elsewhere whole. */
  readonly separators: string;
}

/** Bytes of an input; most are as long as their seed. */
const longest = 4096;

/** Numbers that lengths and counts stumble over. */
const oddNumbers = [
  0, 1, 3, 4, 5, 15, 16, 19, 20, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0xffffffff,
] as const;

/** An input: noise now and then, else a seed that was changed in one to eight places. */
export function makeInput(random: Random, samples: Samples): Buffer {
  if (random.oneIn(20)) return noise(random, samples);
  let bytes: Buffer = Buffer.from(random.pick(samples.seeds));
  for (let changes = random.below(8); changes >= 0; changes--) bytes = changed(random, samples, bytes);
  return bytes.subarray(0, longest);
}

function noise(random: Random, { words }: Samples): Buffer {
  const parts = Array.from({ length: random.below(40) }, () =>
    random.oneIn(3) ? Buffer.of(random.below(256)) : random.pick(words),
  );
  return Buffer.concat(parts);
}

function changed(random: Random, samples: Samples, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  switch (random.below(11)) {
    case 0:
      return put(bytes, at, Buffer.of((bytes[at] ?? 0) ^ (1 << random.below(8))));
    case 1:
      return put(bytes, at, Buffer.of(random.below(256)));
    case 2:
      return put(bytes, at & ~1, numberOf(random, 2));
    case 3:
      return put(bytes, at & ~3, numberOf(random, 4));
    case 4:
      return bytes.subarray(0, at);
    case 5: {
      // A part goes.
      const [start, end] = partAt(bytes, at, samples.separators);
      return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
    }
    case 6: {
      // A part comes again elsewhere.
      const [start, end] = partAt(bytes, at, samples.separators);
      return insert(bytes, random.below(bytes.length + 1), bytes.subarray(start, end));
    }
    case 7:
      return insert(bytes, at, random.pick(samples.words));
    case 8: {
      const [start, end] = partAt(bytes, at, samples.separators);
      return Buffer.concat([bytes.subarray(0, start), random.pick(samples.words), bytes.subarray(end)]);
    }
    case 9: {
      // It goes on as another seed does.
      const other = random.pick(samples.seeds);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
    }
    default: {
      const times = random.oneIn(50) ? random.below(1000) : random.below(8);
      return insert(bytes, at, Buffer.concat(Array(times).fill(random.pick(samples.words))));
    }
  }
}

function put(bytes: Buffer, at: number, news: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(news.subarray(0, Math.max(0, copy.length - at)), Math.min(at, copy.length));
  return copy;
}

function insert(bytes: Buffer, at: number, news: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), news, bytes.subarray(at)]);
}

function numberOf(random: Random, length: 2 | 4): Buffer {
  const number = random.oneIn(2) ? random.pick(oddNumbers) : random.below(64);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes.subarray(0, length);
}

/** From the separator before that place to the next one behind it. */
function partAt(bytes: Buffer, at: number, separators: string): readonly [number, number] {
  const isSeparator = (place: number) => separators.includes(String.fromCharCode(bytes[place] ?? 0));
  if (separators === '') return [at & ~3, Math.min(bytes.length, (at & ~3) + 8)];
  let start = at;
  while (start > 0 && !isSeparator(start - 1)) start--;
  let end = at;
  while (end < bytes.length && !isSeparator(end)) end++;
  return [start, Math.min(bytes.length, end + 1)];
}
