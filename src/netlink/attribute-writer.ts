import { align, genericHeaderLength, headerLength, littleEndian, messageFlags } from './message.ts';

const nestedFlag = 0x8000;

/** Writes one generic netlink request into a buffer of its own, which grows and is used again for the next. */
export class AttributeWriter {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Begins a request; what was written before is gone. */
  begin(type: number, flags: number, sequence: number, command: number, version: number): this {
    this.#length = headerLength + genericHeaderLength;
    this.#view.setUint16(4, type, littleEndian);
    this.#view.setUint16(6, flags | messageFlags.request, littleEndian);
    this.#view.setUint32(8, sequence, littleEndian);
    this.#view.setUint32(12, 0, littleEndian);
    this.#bytes[headerLength] = command;
    this.#bytes[headerLength + 1] = version;
    this.#view.setUint16(headerLength + 2, 0);
    return this;
  }

  /** Ends the request and gives its bytes, good until the next `begin`. */
  finish(): Uint8Array {
    this.#view.setUint32(0, this.#length, littleEndian);
    return this.#bytes.subarray(0, this.#length);
  }

  u8(type: number, value: number): this {
    this.#bytes[this.#attribute(type, 1)] = value;
    return this;
  }

  u16(type: number, value: number): this {
    this.#view.setUint16(this.#attribute(type, 2), value, littleEndian);
    return this;
  }

  /** 16 bits in network order. */
  be16(type: number, value: number): this {
    this.#view.setUint16(this.#attribute(type, 2), value);
    return this;
  }

  u32(type: number, value: number): this {
    this.#view.setUint32(this.#attribute(type, 4), value, littleEndian);
    return this;
  }

  /** 32 bits in network order. */
  be32(type: number, value: number): this {
    this.#view.setUint32(this.#attribute(type, 4), value);
    return this;
  }

  bytes(type: number, bytes: ArrayLike<number>): this {
    this.#bytes.set(bytes, this.#attribute(type, bytes.length));
    return this;
  }

  /** Text with its closing NUL. */
  string(type: number, text: string): this {
    const bytes = Buffer.from(text, 'utf8');
    const at = this.#attribute(type, bytes.length + 1);
    this.#bytes.set(bytes, at);
    this.#bytes[at + bytes.length] = 0;
    return this;
  }

  /** A nest around whatever `write` writes. */
  nest(type: number, write: (writer: this) => void): this {
    const start = this.#length;
    this.#attribute(type | nestedFlag, 0);
    write(this);
    this.#view.setUint16(start, this.#length - start, littleEndian);
    return this;
  }

  /** Writes the header of an attribute, reserves its padded payload and gives the payload's place. */
  #attribute(type: number, length: number): number {
    const start = this.#length;
    const end = start + 4 + align(length);
    if (end > this.#bytes.length) this.#grow(end);
    this.#view.setUint16(start, 4 + length, littleEndian);
    this.#view.setUint16(start + 2, type, littleEndian);
    this.#bytes.fill(0, start + 4 + length, end);
    this.#length = end;
    return start + 4;
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(needed * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
