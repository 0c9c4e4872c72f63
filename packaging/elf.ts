/** What is read and written here of 64-bit ELF files, little-endian (`include/uapi/linux/elf.h`). */

const headersStart = 64;
const entryLength = 56;
/** The largest page size of the two processors, arm64's. */
const page = 0x10000;
const types = { load: 1, note: 4, unwinding: 0x6474e550 } as const;
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
 * of which lies behind the last segment. It is done alike for every processor, so no tool made for another one is
 * needed.
 */
export function stripped(file: Buffer): Buffer {
  const end = Math.max(...segmentsOf(file).map(({ offset, fileLength }) => offset + fileLength));
  const bytes = Buffer.from(file.subarray(0, end));
  withoutSections(bytes);
  return bytes;
}

/**
 * A program with one more note, which lies in memory once it is started, and without what a start does not need:
 * symbols, what a debugger reads, the compiler's own notes, tables for unwinding the stack, and holes between the
 * segments. The program headers stay where they are: that of the compiler's notes becomes the header of the new note,
 * that of the unwinding tables the header by which the note is loaded. Addresses stay the same, so that a core dump can
 * be read with the program as it was.
 */
export function withNote(file: Buffer, name: string, content: Buffer): Buffer {
  const segments = segmentsOf(file);
  const kept = withoutUnwinding(file, segments).filter(({ type }) => type !== types.note);
  const last = kept.findLastIndex(({ type }) => type === types.load);
  const loaded = kept.filter(({ type }) => type === types.load);
  const memoryEnd = Math.max(...loaded.map(({ address, memoryLength }) => address + memoryLength));
  const note = noteOf(name, content);
  const length = { fileLength: note.length, memoryLength: note.length };
  const added = { ...length, flags: readable, offset: 0, address: rounded(memoryEnd, page), align: page };
  // Segments that are loaded have to come in the order of their addresses.
  const table: readonly Segment[] = [
    ...kept.slice(0, last + 1),
    { ...added, type: types.load },
    ...kept.slice(last + 1),
    { ...added, type: types.note, align: 4 },
  ];
  if (table.length !== segments.length) throw new Error('the program has no header to spare for a note');
  const { moved, length: end } = packed(table);
  const bytes = Buffer.alloc(end);
  for (const [index, { type, offset, fileLength }] of table.entries()) {
    const to = moved[index]?.offset ?? 0;
    if (type === types.load) file.copy(bytes, to, offset, offset + fileLength);
  }
  note.copy(bytes, end - note.length);
  moved.forEach((segment, index) => {
    writeSegment(bytes, headersStart + index * entryLength, segment);
  });
  withoutSections(bytes);
  return bytes;
}

/**
 * The segments without the tables for unwinding, which end one of them. Node is compiled without C++ exceptions and
 * needs these tables only for the stack that it prints when it dies; native parts bring their own.
 */
function withoutUnwinding(file: Buffer, segments: readonly Segment[]): readonly Segment[] {
  const tables = segments.find(({ type }) => type === types.unwinding);
  if (tables === undefined) throw new Error('the program has no tables for unwinding');
  const isAround = ({ type, offset, fileLength }: Segment) =>
    type === types.load && offset <= tables.offset && tables.offset < offset + fileLength;
  return segments
    .filter((segment) => segment !== tables)
    .map((segment) => {
      if (!isAround(segment)) return segment;
      const others = sectionsIn(file, tables.offset, segment.offset + segment.fileLength).filter(
        (section) => !/^\.(eh_frame|eh_frame_hdr|gcc_except_table)$/.test(section),
      );
      if (others.length > 0) throw new Error(`behind the tables for unwinding is ${others.join(' and ')}`);
      const length = tables.offset - segment.offset;
      return { ...segment, fileLength: length, memoryLength: length };
    });
}

/** The segments at their new places in the file, one loaded one behind the other, and how long the file becomes. */
function packed(table: readonly Segment[]): { readonly moved: readonly Segment[]; readonly length: number } {
  let length = 0;
  const loaded = table.filter(({ type }) => type === types.load);
  const offsets = loaded.map(({ address, fileLength }) => {
    // Pages of the file are mapped as pages of memory, so a segment begins at the same place in its page in both.
    const offset = length + ((((address - length) % page) + page) % page);
    length = offset + fileLength;
    return offset;
  });
  const moved = table.map((segment) => {
    const at = loaded.findIndex(
      ({ address, memoryLength }) => address <= segment.address && segment.address < address + memoryLength,
    );
    const [around, offset] = [loaded[at], offsets[at]];
    if (around === undefined || offset === undefined) return segment;
    const align = segment.type === types.load ? page : segment.align;
    return { ...segment, align, offset: offset + segment.address - around.address };
  });
  return { moved, length };
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
  if (start !== headersStart) throw new Error('its program headers are not at their usual place');
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

/** Names of the sections that lie in the file from one place to another. */
function sectionsIn(file: Buffer, from: number, to: number): readonly string[] {
  const start = Number(file.readBigUInt64LE(40));
  const sections = Array.from({ length: file.readUInt16LE(60) }, (_, index) => {
    const at = start + index * 64;
    const offset = Number(file.readBigUInt64LE(at + 24));
    return { name: file.readUInt32LE(at), offset, length: Number(file.readBigUInt64LE(at + 32)) };
  });
  const names = sections[file.readUInt16LE(62)]?.offset ?? 0;
  return sections
    .filter(({ offset, length }) => length > 0 && offset < to && offset + length > from)
    .map(({ name }) => file.toString('latin1', names + name, file.indexOf(0, names + name)));
}

/** Takes the table of sections out: e_shoff, e_shnum and e_shstrndx. */
function withoutSections(bytes: Buffer): void {
  bytes.writeBigUInt64LE(0n, 40);
  bytes.writeUInt16LE(0, 60);
  bytes.writeUInt16LE(0, 62);
}

function writeSegment(bytes: Buffer, at: number, segment: Segment): void {
  bytes.writeUInt32LE(segment.type, at);
  bytes.writeUInt32LE(segment.flags, at + 4);
  const { offset, address, fileLength, memoryLength, align } = segment;
  // Linux does not use the physical address.
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
