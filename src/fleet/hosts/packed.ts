import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { constants, gzip, zstdCompress } from 'node:zlib';
import type { Packing } from './far-codes.ts';

/** Bytes that are packed as one piece. */
const pieceSize = 2 ** 20;

const asGzip = promisify<Buffer, { level: number }, Buffer>(gzip);
const asZstd = promisify<Buffer, { params: Record<number, number> }, Buffer>(zstdCompress);

/**
 * Packs a piece, as fast as it can be done. What that saves takes longer to send, on a line of 100 Mbit/s, than packing
 * takes; by zstd on one of 1 Gbit/s, too.
 */
const packs: Readonly<Record<Packing, (piece: Buffer) => Promise<Buffer>>> = {
  gzip: (piece) => asGzip(piece, { level: constants.Z_BEST_SPEED }),
  zstd: (piece) => asZstd(piece, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
};

/**
 * Packs a file piece by piece, side by side on every processor; gzip and zstd unpack pieces that were packed one by one
 * as a single whole. `onProgress` is told how many bytes of the file have gone out.
 */
export async function* packed(
  path: string,
  packing: Packing,
  onProgress: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const ahead: { readonly size: number; readonly bytes: Promise<Buffer> }[] = [];
  let gone = 0;
  const takeOne = async function* () {
    const [first] = ahead;
    if (first === undefined) return;
    yield await first.bytes;
    ahead.shift();
    gone += first.size;
    onProgress(gone);
  };
  for await (const piece of createReadStream(path, { highWaterMark: pieceSize }) as AsyncIterable<Buffer>) {
    ahead.push({ size: piece.length, bytes: packs[packing](piece) });
    if (ahead.length > availableParallelism()) yield* takeOne();
  }
  while (ahead.length > 0) yield* takeOne();
}
