import { type Datagram, slotLength } from '../../../../src/netlink/wire/datagram-slots.ts';
import { align } from '../../../../src/netlink/wire/message.ts';
import { NetlinkError } from '../../../../src/netlink/wire/netlink-error.ts';
import { NetlinkSocket } from '../../../../src/netlink/wire/netlink-socket.ts';
import type { Transport } from '../../../../src/netlink/wire/transport.ts';
import { attribute, generic, i32, little, message, nest, u16, u32 } from '../../../netlink/kernel-bytes.ts';
import { type FuzzTarget, requireThat } from '../target.ts';

const port = 4242;

/** A kernel that answers whatever is asked with one datagram, and then says that this was all. */
class AnsweringTransport implements Transport {
  readonly port = port;
  readonly pageLength = 4096;
  readonly buffer = new Uint8Array(slotLength);
  readonly #view = new DataView(this.buffer.buffer);
  answer: Buffer = Buffer.alloc(0);
  #sequence = 0;
  #received = 0;

  send(bytes: Uint8Array): void {
    this.#sequence = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, little);
    this.#received = 0;
  }

  receive(): readonly Datagram[] {
    this.#received++;
    if (this.#received > 2) return [];
    const bytes = this.#received === 1 ? this.answer : message({ type: 3, sequence: 0, port: 0 }, i32(0));
    this.buffer.fill(0).set(bytes);
    this.#address(bytes.length);
    return [{ start: 0, length: bytes.length, senderPort: 0 }];
  }

  close(): void {}

  /** Sequence and port of each message count from those of the request, so that a seed has zeros there. */
  #address(length: number): void {
    let size: number;
    for (let at = 0; at + 16 <= length; at += align(size)) {
      size = this.#view.getUint32(at, little);
      for (const [place, own] of [
        [8, this.#sequence],
        [12, port],
      ] as const) {
        const given = this.#view.getUint32(at + place, little);
        this.#view.setUint32(at + place, (given + own) >>> 0, little);
      }
      if (size < 16 || size > length) return;
    }
  }
}

const row = (number: number) =>
  message(
    { type: 25, sequence: 0, port: 0 },
    generic(4, nest(1, attribute(1, u32(number)), attribute(2, u16(7)))),
  );
const done = message({ type: 3, sequence: 0, port: 0 }, i32(0));
const refused = message({ type: 2, sequence: 0, port: 0 }, Buffer.concat([i32(-17), Buffer.alloc(16)]));
const acknowledged = message({ type: 2, sequence: 0, port: 0 }, Buffer.concat([u32(0), Buffer.alloc(16)]));
const nothing = message({ type: 1, sequence: 0, port: 0 }, Buffer.alloc(0));

const transport = new AnsweringTransport();
let socket = new NetlinkSocket(transport);
const asked = { operation: 'try', family: 25, command: 4, version: 1 };
/** Bytes that were handed to whoever reads rows. */
let handed = 0;

/** Datagrams of the kernel: read, dropped, or refused as a failed exchange; nothing else is read than what came. */
export const netlinkAnswers: FuzzTarget = {
  name: 'netlink-answers',
  seeds: [
    Buffer.concat([row(1), row(2), done]),
    Buffer.concat([row(3), acknowledged]),
    refused,
    Buffer.concat([nothing, row(4)]),
  ],
  words: [
    row(5),
    done,
    refused,
    acknowledged,
    nothing,
    u32(16),
    u32(17),
    u32(19),
    u32(20),
    u32(0xffffffff),
    u16(25),
    u16(4),
    Buffer.of(0),
  ],
  separators: '',
  check(input) {
    transport.answer = input;
    handed = 0;
    for (const exchange of [
      () => socket.request(asked, readAll),
      () => [...socket.dump(asked, readAll)].flat(),
      () => socket.requestTogether([{ ...asked, isDump: true, read: readAll }, asked]),
    ]) {
      try {
        exchange();
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        socket = new NetlinkSocket(transport);
      }
    }
    requireThat(handed <= 3 * input.length, () => `${handed} bytes were read of ${input.length}`);
  },
};

function readAll(attributes: Parameters<Parameters<typeof socket.dump>[1]>[0]): number {
  let count = 0;
  while (attributes.next()) {
    handed += attributes.length;
    count++;
    if (attributes.type !== 1) continue;
    const inner = attributes.nest();
    while (inner.next()) count++;
  }
  return count;
}
