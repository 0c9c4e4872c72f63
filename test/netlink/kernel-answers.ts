import type { Counters, Rates } from '../../src/ipvs/counters.ts';
import { AttributeReader } from '../../src/netlink/wire/attribute-reader.ts';
import { AttributeWriter } from '../../src/netlink/wire/attribute-writer.ts';
import { attribute, nest, u32, u64 } from './kernel-bytes.ts';

/** The attributes that `write` writes into a request, as they lie behind its headers. */
export function requestAttributes(write: (writer: AttributeWriter) => void): Buffer {
  const writer = new AttributeWriter().begin(0, 0, 0, 0, 0);
  write(writer);
  return Buffer.from(writer.finish().subarray(20));
}

/** What the one nest of a request holds; the kernel gives back what it was given, so that an answer can be made of it. */
export function nestPayload(attributes: Buffer): Buffer {
  return attributes.subarray(4);
}

/** A reader of attributes that lie in a buffer. */
export function readerOf(attributes: Uint8Array): AttributeReader {
  const view = new DataView(attributes.buffer, attributes.byteOffset, attributes.byteLength);
  return new AttributeReader(view).enter(0, attributes.length);
}

/** Statistics as `ip_vs_genl_fill_stats` writes them; those of 64 bits end with the attribute that pads them. */
export function statistics(type: number, wide: boolean, counters: Counters, rates: Rates): Buffer {
  const number = (value: number | bigint) => (wide ? u64(value) : u32(Number(value)));
  return nest(
    type,
    attribute(1, number(counters.connections)),
    attribute(2, number(counters.inPackets)),
    attribute(3, number(counters.outPackets)),
    attribute(4, u64(counters.inBytes)),
    attribute(5, u64(counters.outBytes)),
    attribute(6, number(rates.connections)),
    attribute(7, number(rates.inPackets)),
    attribute(8, number(rates.outPackets)),
    attribute(9, number(rates.inBytes)),
    attribute(10, number(rates.outBytes)),
    attribute(11, Buffer.alloc(0)),
  );
}
