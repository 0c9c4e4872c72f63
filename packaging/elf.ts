/** What is read and written here of 64-bit ELF files, little-endian (`include/uapi/linux/elf.h`). */

const entryLength = 56;
const page = 0x10000;
const types = { load: 1, note: 4, programHeaders: 6 } as const;
const readable = 4;

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileLength: number;
  readonly memoryLength: number;
  readonly align: number;
}

/**
 * The bytes of an ELF file that a start needs: without symbols, what a debugger reads, and the table of sections, all
 * of which lies behind the last segment. The same for every processor, so that no tool of another one is needed.
 */
export function stripped(file: Buffer): Buffer {
  const end = Math.max(...segmentsOf(file).map(({ offset, fileLength }) => offset + fileLength));
  const bytes = Buffer.from(file.subarray(0, end));
  // e_shoff, e_shnum and e_shstrndx.
  bytes.writeBigUInt64LE(0n, 40);
  bytes.writeUInt16LE(0, 60);
  bytes.writeUInt16LE(0, 62);
  return bytes;
}

/**
 * A stripped program with one more note, which lies in memory once it is started. The program headers move behind what
 * was there, since there is no room for two more of them in front.
 */
export function withNote(file: Buffer, name: string, content: Buffer): Buffer {
  const segments = segmentsOf(file);
  const loaded = segments.filter(({ type }) => type === types.load);
  const [first] = loaded;
  if (first === undefined) throw new Error('the program has no segment that is loaded');
  // In memory as far behind the first segment as in the file: older kernels count the headers' address like this.
  const shift = first.address - first.offset;
  const memoryEnd = Math.max(...loaded.map(({ address, memoryLength }) => address + memoryLength));
  const start = rounded(Math.max(file.length, memoryEnd - shift), page);
  const headers = (segments.length + 2) * entryLength;
  const note = noteOf(name, content);
  const length = headers + note.length;
  const added = {
    flags: readable,
    offset: start,
    address: start + shift,
    fileLength: length,
    memoryLength: length,
  };
  const inNote = { fileLength: note.length, memoryLength: note.length, offset: start + headers };
  const table: readonly Segment[] = [
    ...segments.map((segment) =>
      segment.type === types.programHeaders
        ? { ...segment, ...added, fileLength: headers, memoryLength: headers }
        : segment,
    ),
    { ...added, type: types.load, align: page },
    { ...added, ...inNote, type: types.note, address: start + headers + shift, align: 4 },
  ];
  // Those that are loaded have to come in the order of their addresses, which this one ends.
  const bytes = Buffer.alloc(start + length);
  file.copy(bytes);
  table.forEach((segment, index) => {
    writeSegment(bytes, start + index * entryLength, segment);
  });
  note.copy(bytes, start + headers);
  bytes.writeBigUInt64LE(BigInt(start), 32);
  bytes.writeUInt16LE(table.length, 56);
  return bytes;
}

/** Newest version of a library's symbols that a file asks for, like `2.28` of `GLIBC`; `null` where it asks for none. */
export function newestVersion(file: Buffer, family: string): string | null {
  const found = file.toString('latin1').matchAll(new RegExp(`\\0${family}_(\\d+(?:\\.\\d+)*)(?=\\0)`, 'g'));
  const versions = [...found].map(([, version = '']) => version);
  return versions.sort(byVersion).at(-1) ?? null;
}

/** Orders `2.9` before `2.17`. */
export function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

function segmentsOf(file: Buffer): readonly Segment[] {
  if (file.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') {
    throw new Error('this is no 64-bit little-endian ELF file');
  }
  const start = Number(file.readBigUInt64LE(32));
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const at = start + index * entryLength;
    const word = (offset: number) => Number(file.readBigUInt64LE(at + offset));
    return {
      type: file.readUInt32LE(at),
      flags: file.readUInt32LE(at + 4),
      offset: word(8),
      address: word(16),
      fileLength: word(32),
      memoryLength: word(40),
      align: word(48),
    };
  });
}

function writeSegment(bytes: Buffer, at: number, segment: Segment): void {
  bytes.writeUInt32LE(segment.type, at);
  bytes.writeUInt32LE(segment.flags, at + 4);
  const { offset, address, fileLength, memoryLength, align } = segment;
  // The physical address is no matter to Linux.
  [offset, address, address, fileLength, memoryLength, align].forEach((word, index) => {
    bytes.writeBigUInt64LE(BigInt(word), at + 8 + index * 8);
  });
}

/** A note as `struct elf64_note` begins it: name and content each filled up to four bytes. */
function noteOf(name: string, content: Buffer): Buffer {
  const named = Buffer.from(`${name}\0`);
  const note = Buffer.alloc(12 + rounded(named.length, 4) + rounded(content.length, 4));
  note.writeUInt32LE(named.length, 0);
  note.writeUInt32LE(content.length, 4);
  named.copy(note, 12);
  content.copy(note, 12 + rounded(named.length, 4));
  return note;
}

function rounded(length: number, to: number): number {
  return Math.ceil(length / to) * to;
}
