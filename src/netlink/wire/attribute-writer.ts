import { encodeKernelText } from './kernel-text.ts';
import {
  align,
  genericHeaderLength,
  headerFields,
  headerLength,
  littleEndian,
  messageFlags,
} from './message.ts';

const nestedFlag = 0x8000;

/** Writes generic netlink requests into a buffer of its own, which grows and is used again for the next ones. */
export class AttributeWriter {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  /** Where the present request begins, and where all that is written ends. */
  #start = 0;
  #length = 0;

  /** Begins a request; what was written before is gone. */
  begin(type: number, flags: number, sequence: number, command: number, version: number): this {
    this.#length = 0;
    return this.#open(type, flags, sequence, command, version);
  }

  /** Begins a further request behind what was written. */
  beginNext(type: number, flags: number, sequence: number, command: number, version: number): this {
    this.#close();
    return this.#open(type, flags, sequence, command, version);
  }

  /** Ends the last request and gives the bytes of all, good until the next `begin`. */
  finish(): Uint8Array {
    this.#close();
    return this.#bytes.subarray(0, this.#length);
  }

  u8(type: number, value: number): this {
    const at = this.#attribute(type, 1);
    this.#bytes[at] = value;
    return this;
  }

  u16(type: number, value: number): this {
    const at = this.#attribute(type, 2);
    this.#view.setUint16(at, value, littleEndian);
    return this;
  }

  /** 16 bits in network order. */
  be16(type: number, value: number): this {
    const at = this.#attribute(type, 2);
    this.#view.setUint16(at, value);
    return this;
  }

  u32(type: number, value: number): this {
    const at = this.#attribute(type, 4);
    this.#view.setUint32(at, value, littleEndian);
    return this;
  }

  /** 32 bits in network order. */
  be32(type: number, value: number): this {
    const at = this.#attribute(type, 4);
    this.#view.setUint32(at, value);
    return this;
  }

  bytes(type: number, bytes: ArrayLike<number>): this {
    const at = this.#attribute(type, bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Text with its closing NUL. */
  string(type: number, text: string): this {
    const bytes = encodeKernelText(text);
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

  #open(type: number, flags: number, sequence: number, command: number, version: number): this {
    const start = this.#length;
    const header = start + headerLength;
    this.#start = start;
    this.#length = header + genericHeaderLength;
    if (this.#length > this.#bytes.length) this.#grow(this.#length);
    this.#view.setUint16(start + headerFields.type, type, littleEndian);
    this.#view.setUint16(start + headerFields.flags, flags | messageFlags.request, littleEndian);
    this.#view.setUint32(start + headerFields.sequence, sequence, littleEndian);
    this.#view.setUint32(start + headerFields.port, 0, littleEndian);
    this.#bytes[header] = command;
    this.#bytes[header + 1] = version;
    this.#view.setUint16(header + 2, 0);
    return this;
  }

  /** Writes the request's length. Attributes are padded, so the next request begins aligned. */
  #close(): void {
    this.#view.setUint32(this.#start + headerFields.length, this.#length - this.#start, littleEndian);
  }

  /**
   * Writes the header of an attribute, reserves its padded payload and gives the payload's place. The buffer may
   * be another one afterwards.
   */
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
