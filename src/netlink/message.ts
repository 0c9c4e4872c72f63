import { nativeOrder } from './transport.ts';

/** Whether this machine's numbers lie little end first; netlink speaks the machine's own order. */
export const littleEndian = nativeOrder();

/** Bytes of `struct nlmsghdr`: length u32, type u16, flags u16, sequence u32, port u32 (`include/uapi/linux/netlink.h`). */
export const headerLength = 16;
/** Bytes of `struct genlmsghdr`: command u8, version u8, reserved u16. */
export const genericHeaderLength = 4;

/** Message types below the families'. */
export const messageTypes = { noop: 1, error: 2, done: 3, overrun: 4 } as const;

/** Flags of a request and of its answers. */
export const messageFlags = { request: 1, multi: 2, ack: 4, dumpInterrupted: 0x10, dump: 0x300 } as const;

/** Rounds up to netlink's alignment of 4 bytes. */
export function align(length: number): number {
  return (length + 3) & ~3;
}

/** One message inside a datagram; `start` and `end` bound its payload behind the header. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly port: number;
  readonly start: number;
  readonly end: number;
}

/** The messages of a datagram. Throws a `RangeError` when a header's length does not fit. */
export function* messages(view: DataView, length: number): Generator<Message> {
  let at = 0;
  while (at + headerLength <= length) {
    const size = view.getUint32(at, littleEndian);
    if (size < headerLength || at + size > length)
      throw new RangeError(`message of ${size} bytes at ${at} of ${length}`);
    yield {
      type: view.getUint16(at + 4, littleEndian),
      flags: view.getUint16(at + 6, littleEndian),
      sequence: view.getUint32(at + 8, littleEndian),
      port: view.getUint32(at + 12, littleEndian),
      start: at + headerLength,
      end: at + size,
    };
    at += align(size);
  }
}
