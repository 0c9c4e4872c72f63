import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Damage } from './damage.ts';

/**
 * The kinds of frames that a recording is made of, with the number that stands for each:
 * - `origin` begins a shard: whose recording, of what; everything before it is forgotten;
 * - `table` tells services and real servers that came, went or were edited;
 * - `past` tells of a sample before the shard what shares and trends of its first minutes rest on;
 * - `sample` tells what moved since the sample before;
 * - `event` and `findings` are told as they come;
 * - `document` is a text that a snapshot has beside: configuration, settings, routes.
 */
export const frameKinds = {
  origin: 1,
  table: 2,
  past: 3,
  sample: 4,
  event: 5,
  findings: 6,
  document: 7,
} as const;

/** A kind of frame. */
export type FrameKind = keyof typeof frameKinds;

/** A frame as it stands in a file; its content is looked at only when it is asked for. */
export interface Frame {
  readonly kind: FrameKind;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Bytes from the beginning of what was scanned. */
  readonly offset: number;
  readonly end: number;
  /** The content as it stands in the file, packed. */
  readonly packed: Buffer;
  /** Unpacks the content. Throws a `Damage`. */
  readonly content: () => Buffer;
}

/** Frames one after the other, and where and why they end. */
export interface FrameScan {
  readonly frames: readonly Frame[];
  /** Bytes up to the end of the last whole frame. */
  readonly end: number;
  /**
   * Why what comes behind is no frame: `torn` where it was begun and not written to its end, as a crash leaves it;
   * `damaged` where it was changed afterwards. `null` where nothing comes.
   */
  readonly rest: 'torn' | 'damaged' | null;
}

/** Length, checksum, kind, time. */
const headLength = 4 + 4 + 1 + 8;

/** Most bytes of a frame's content as it stands in the file, and unpacked. */
const longestFrame = 64 * 2 ** 20;
const longestContent = 256 * 2 ** 20;

/** The highest level that takes less than a millisecond for a sample of a large table. */
const level = 3;

const kindOf: ReadonlyMap<number, FrameKind> = new Map(
  Object.entries(frameKinds).map(([kind, number]) => [number, kind as FrameKind]),
);

/**
 * A frame: bytes of the packed content (u32), checksum of all that follows (u32, CRC-32), kind (u8), time (f64, milliseconds
 * since the epoch), content packed by zstd; numbers least byte first.
 */
export function encodeFrame(kind: FrameKind, time: number, content: Uint8Array): Buffer {
  return frameOf(kind, time, packContent(content));
}

/** A frame's content as it stands in a file. */
export function packContent(content: Uint8Array): Buffer {
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}

/** The frame of a content that is packed already. */
export function frameOf(kind: FrameKind, time: number, packed: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headLength + packed.length);
  frame.writeUInt32LE(packed.length, 0);
  frame.writeUInt8(frameKinds[kind], 8);
  frame.writeDoubleLE(time, 9);
  packed.copy(frame, headLength);
  frame.writeUInt32LE(crc32(frame.subarray(8)), 4);
  return frame;
}

/** Finds the frames from `begin` on. None of them is unpacked. */
export function scanFrames(bytes: Buffer, begin = 0): FrameScan {
  const frames: Frame[] = [];
  let at = begin;
  while (at < bytes.length) {
    if (at + headLength > bytes.length) return { frames, end: at, rest: 'torn' };
    const length = bytes.readUInt32LE(at);
    const end = at + headLength + length;
    if (length > longestFrame) return { frames, end: at, rest: 'damaged' };
    if (end > bytes.length) return { frames, end: at, rest: 'torn' };
    const kind = kindOf.get(bytes.readUInt8(at + 8));
    if (kind === undefined || crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4))
      return { frames, end: at, rest: 'damaged' };
    const packed = bytes.subarray(at + headLength, end);
    frames.push({
      kind,
      time: bytes.readDoubleLE(at + 9),
      offset: at,
      end,
      packed,
      content: () => unpacked(packed),
    });
    at = end;
  }
  return { frames, end: at, rest: null };
}

function unpacked(packed: Buffer): Buffer {
  try {
    return zstdDecompressSync(packed, { maxOutputLength: longestContent });
  } catch {
    throw new Damage('it cannot be unpacked');
  }
}
