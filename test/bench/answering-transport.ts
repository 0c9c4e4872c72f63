import { slotLength } from '../../src/netlink/wire/datagram-slots.ts';
import type { Transport } from '../../src/netlink/wire/transport.ts';
import { little } from '../netlink/kernel-bytes.ts';
import { doneMessage, family, familyMessage, port, renumber } from './kernel-rows.ts';

/** Datagrams that one call brings. */
const slots = 4;
const commands = { getService: 4, getDestination: 8 } as const;
const dumpFlags = 0x300;

/** A request, as the datagrams that answer it depend on it. */
export interface ReadRequest {
  readonly of: 'service' | 'services' | 'real servers';
  /** The request's bytes. Its attributes begin behind the headers. */
  readonly view: DataView;
}

/** Where attributes begin. */
export const attributesStart = 20;

/** A transport behind which a kernel's IPVS family is read; anything else that it is asked comes to nothing. */
export function openAnsweringTransport(answer: (request: ReadRequest) => readonly Buffer[]): Transport {
  const buffer = new Uint8Array(slots * slotLength);
  const waiting: Buffer[] = [];
  const answerTo = (view: DataView): readonly Buffer[] => {
    if (view.getUint16(4, little) !== family) return [familyMessage(), doneMessage()];
    const of = readOf(view);
    return of === undefined ? [doneMessage()] : [...answer({ of, view }), doneMessage()];
  };
  return {
    port,
    pageLength: 4096,
    buffer,
    send(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const sequence = view.getUint32(8, little);
      for (const datagram of answerTo(view)) waiting.push(renumber(datagram, sequence));
    },
    receive: () =>
      waiting.splice(0, slots).map((bytes, slot) => {
        buffer.set(bytes, slot * slotLength);
        return { start: slot * slotLength, length: bytes.length, senderPort: 0 };
      }),
    close() {},
  };
}

function readOf(view: DataView): ReadRequest['of'] | undefined {
  const command = view.getUint8(16);
  if (command === commands.getDestination) return 'real servers';
  if (command !== commands.getService) return undefined;
  return (view.getUint16(6, little) & dumpFlags) === dumpFlags ? 'services' : 'service';
}
