import { endianness } from 'node:os';

/*
 * Netlink's bytes as the kernel lays them out, written without any of src/netlink's code so that a mistake
 * there is not made here as well.
 */

/** Whether the machine's numbers, which netlink's are, lie little end first. */
export const little = endianness() === 'LE';

export function u8(value: number): Buffer {
  return Buffer.of(value);
}

export function u16(value: number): Buffer {
  return number(2, (view) => view.setUint16(0, value, little));
}

export function be16(value: number): Buffer {
  return number(2, (view) => view.setUint16(0, value));
}

export function u32(value: number): Buffer {
  return number(4, (view) => view.setUint32(0, value, little));
}

export function i32(value: number): Buffer {
  return number(4, (view) => view.setInt32(0, value, little));
}

export function be32(value: number): Buffer {
  return number(4, (view) => view.setUint32(0, value));
}

export function u64(value: number | bigint): Buffer {
  return number(8, (view) => view.setBigUint64(0, BigInt(value), little));
}

/** Text with its closing NUL. */
export function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'utf8');
}

/** An attribute, padded to four bytes. */
export function attribute(type: number, payload: Uint8Array): Buffer {
  return padded(Buffer.concat([u16(payload.length + 4), u16(type), payload]));
}

/** An attribute that holds others; IPVS sets the flag of nested attributes on its answers. */
export function nest(type: number, ...attributes: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(attributes);
  return Buffer.concat([u16(payload.length + 4), u16(type | 0x8000), payload]);
}

/** What a message says about itself; `type` is a family's id, or 2 for an error and 3 for the end of a dump. */
export interface Header {
  readonly type: number;
  readonly flags?: number;
  readonly sequence: number;
  readonly port: number;
}

/** A message with its header, padded to four bytes. */
export function message(header: Header, payload: Uint8Array): Buffer {
  const head = [
    u32(payload.length + 16),
    u16(header.type),
    u16(header.flags ?? 0),
    u32(header.sequence),
    u32(header.port),
  ];
  return padded(Buffer.concat([...head, payload]));
}

/** The payload of a family's message: command, version, then the attributes. */
export function generic(command: number, ...attributes: readonly Uint8Array[]): Buffer {
  return Buffer.concat([u8(command), u8(1), u16(0), ...attributes]);
}

function number(length: number, write: (view: DataView) => void): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  write(new DataView(bytes.buffer, bytes.byteOffset, length));
  return bytes;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
