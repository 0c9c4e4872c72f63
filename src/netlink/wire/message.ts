/** Whether this machine is little-endian; netlink speaks the machine's own byte order. */
export const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Bytes of `struct nlmsghdr`: length u32, type u16, flags u16, sequence u32, port u32 (`include/uapi/linux/netlink.h`). */
export const headerLength = 16;
/** Bytes of `struct genlmsghdr`: command u8, version u8, reserved u16. */
export const genericHeaderLength = 4;

/** Types of netlink's own messages, below those of the families (`NLMSG_*`). */
export const messageTypes = { noop: 1, error: 2, done: 3, overrun: 4 } as const;

/** Flags of a request and of its answers. */
export const messageFlags = { request: 1, multi: 2, ack: 4, dumpInterrupted: 0x10, dump: 0x300 } as const;

/** Places of the header's fields. */
export const headerFields = { length: 0, type: 4, flags: 6, sequence: 8, port: 12 } as const;

/** Rounds up to netlink's alignment of 4 bytes. */
export function align(length: number): number {
  return (length + 3) & ~3;
}
