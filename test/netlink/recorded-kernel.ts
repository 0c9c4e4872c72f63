import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slotLength } from '../../src/netlink/wire/datagram-slots.ts';
import type { Transport } from '../../src/netlink/wire/transport.ts';
import { little, u32 } from './kernel-bytes.ts';

/** One request and all that the kernel sent for it, in hexadecimal. */
export interface Exchange {
  readonly request: string;
  readonly answers: string[];
}

/** A real socket that notes what passes through it: how fixtures are made. */
export function recording(transport: Transport, exchanges: Exchange[]): Transport {
  return {
    port: transport.port,
    pageLength: transport.pageLength,
    buffer: transport.buffer,
    send(bytes) {
      exchanges.push({ request: Buffer.from(bytes).toString('hex'), answers: [] });
      transport.send(bytes);
    },
    receive(most) {
      const received = transport.receive(most);
      for (const { start, length } of received) {
        const bytes = Buffer.from(transport.buffer.subarray(start, start + length));
        exchanges.at(-1)?.answers.push(bytes.toString('hex'));
      }
      return received;
    },
    close: () => transport.close(),
  };
}

const port = 4242;

/**
 * A kernel that says what the real one said: it takes the look-up of the family, where one was recorded, and then the
 * recorded requests, to the byte, and gives the recorded answers under the present sequence number and port.
 * test/lab/capture.ts and test/host/firewall/capture.ts record them.
 */
export function recordedKernel(name: string, file = 'kernel-6.1'): Transport {
  const fixtures = JSON.parse(
    readFileSync(join(import.meta.dirname, `fixtures/${file}.json`), 'utf8'),
  ) as Record<string, readonly Exchange[]>;
  const expected = [...(fixtures['the look-up of the family'] ?? []), ...(fixtures[name] ?? [])];
  const waiting: Buffer[] = [];
  const buffer = new Uint8Array(slotLength);
  return {
    port,
    pageLength: 4096,
    buffer,
    send(bytes) {
      const exchange = expected.shift();
      const request = Buffer.from(bytes);
      const sequence = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, little);
      if (exchange === undefined || request.toString('hex') !== withSequence(exchange.request, sequence)) {
        throw new Error(`not the recorded request of "${name}": ${request.toString('hex')}`);
      }
      waiting.push(...exchange.answers.map((answer) => readdressed(Buffer.from(answer, 'hex'), sequence)));
    },
    receive() {
      const bytes = waiting.shift();
      if (bytes === undefined) return [];
      buffer.set(bytes);
      return [{ start: 0, length: bytes.length, senderPort: 0 }];
    },
    close() {},
  };
}

function withSequence(request: string, sequence: number): string {
  const bytes = Buffer.from(request, 'hex');
  bytes.set(u32(sequence), 8);
  return bytes.toString('hex');
}

/** The recorded machine's numbers lie little end first. */
function readdressed(datagram: Buffer, sequence: number): Buffer {
  for (let at = 0; at + 16 <= datagram.length; at += (datagram.readUInt32LE(at) + 3) & ~3) {
    datagram.set(u32(sequence), at + 8);
    datagram.set(u32(port), at + 12);
  }
  return datagram;
}
