import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AttributeWriter } from '../../src/netlink/wire/attribute-writer.ts';
import { readerOf, requestAttributes } from './kernel-answers.ts';
import { attribute, be16, be32, generic, message, nest, text, u8, u16, u32 } from './kernel-bytes.ts';

test('attributes that end before they begin are refused', () => {
  expect(() => readerOf(Buffer.alloc(32)).enter(20, 16)).toThrow(RangeError);
});

describe('a request', () => {
  test('has the bytes that the kernel expects', () => {
    const bytes = new AttributeWriter()
      .begin(25, 4, 7, 5, 1)
      .nest(2, (writer) => writer.be16(2, 8080).u8(13, 1))
      .u16(1, 2)
      .u32(4, 900)
      .be32(9, 0xffffff00)
      .string(6, 'wlc')
      .bytes(3, [10, 0, 0, 1, 9])
      .finish();
    const attributes = [
      nest(2, attribute(2, be16(8080)), attribute(13, u8(1))),
      attribute(1, u16(2)),
      attribute(4, u32(900)),
      attribute(9, be32(0xffffff00)),
      attribute(6, text('wlc')),
      attribute(3, Buffer.of(10, 0, 0, 1, 9)),
    ];
    // Flag 1 says that it is a request; the port is 0, which the kernel fills in.
    expect(Buffer.from(bytes)).toEqual(
      message({ type: 25, flags: 4 | 1, sequence: 7, port: 0 }, generic(5, ...attributes)),
    );
  });

  test('carries nothing over from the request before, padding included', () => {
    const writer = new AttributeWriter();
    writer.begin(25, 0, 1, 1, 1).string(1, 'a much longer text than afterwards').finish();
    const bytes = Buffer.from(writer.begin(25, 0, 2, 1, 1).u8(1, 9).finish());
    expect(bytes).toEqual(
      message({ type: 25, flags: 1, sequence: 2, port: 0 }, generic(1, attribute(1, u8(9)))),
    );
  });

  test('carries nothing over where another one stood behind it either', () => {
    const writer = new AttributeWriter();
    writer.begin(25, 0, 1, 1, 1).bytes(1, new Uint8Array(200).fill(0xff)).finish();
    const bytes = writer.begin(25, 0, 2, 1, 1).beginNext(25, 0, 3, 1, 1).u8(1, 9).finish();
    const second = message({ type: 25, flags: 1, sequence: 3, port: 0 }, generic(1, attribute(1, u8(9))));
    expect(Buffer.from(bytes).subarray(-second.length)).toEqual(second);
  });

  test('can have others behind it, however long they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 900 }), { minLength: 1, maxLength: 40 }),
        (payloads) => {
          const writer = new AttributeWriter();
          for (const [index, payload] of payloads.entries()) {
            if (index === 0) writer.begin(25, 0, index, 1, 1);
            else writer.beginNext(25, 0, index, 1, 1);
            writer.bytes(3, payload).u8(4, 7);
          }
          const wanted = payloads.map((payload, sequence) =>
            message(
              { type: 25, flags: 1, sequence, port: 0 },
              generic(1, attribute(3, payload), attribute(4, u8(7))),
            ),
          );
          expect(Buffer.from(writer.finish())).toEqual(Buffer.concat(wanted));
        },
      ),
      { numRuns: 50 },
    );
  });

  test('grows with what is written into it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 }), (payloads) => {
        const reader = readerOf(
          requestAttributes((writer) => {
            for (const [index, payload] of payloads.entries()) writer.bytes(index + 1, payload);
          }),
        );
        for (const payload of payloads) {
          expect(reader.next()).toBe(true);
          expect([...reader.bytes(reader.length)]).toEqual([...payload]);
        }
        expect(reader.next()).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

describe('text in an attribute', () => {
  test.each([
    ['ends at its NUL', Buffer.from('wlc\0rest'), 'wlc'],
    ['may lack its NUL', Buffer.from('wlc'), 'wlc'],
    ['may be empty', Buffer.alloc(0), ''],
  ])('%s', (_, payload, expected) => {
    const reader = readerOf(attribute(6, payload));
    reader.next();
    expect(reader.string()).toBe(expected);
  });
});
