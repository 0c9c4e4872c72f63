import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AttributeReader } from '../../../src/netlink/wire/attribute-reader.ts';
import { NetlinkError } from '../../../src/netlink/wire/netlink-error.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { type Behaviour, FakeKernel, type FakeSocket, joined } from '../fake-kernel.ts';
import { attribute, generic, u16, u32 } from '../kernel-bytes.ts';

let kernel: FakeKernel;
let transport: FakeSocket;
let socket: NetlinkSocket;

beforeEach(() => {
  kernel = new FakeKernel();
  transport = kernel.open();
  socket = new NetlinkSocket(transport);
});

const row = (number: number) => generic(4, attribute(1, u32(number)));

function numberOf(attributes: AttributeReader): number | undefined {
  return attributes.next() ? attributes.u32() : undefined;
}

function answering(behaviour: Behaviour): void {
  kernel.register('TEST', 25, behaviour);
}

const asked = { operation: 'try', family: 25, command: 4, version: 1 };
const request = () => socket.request(asked, numberOf);
const dump = () => [...socket.dump(asked, numberOf)].flat();

function failureOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof NetlinkError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('a request', () => {
  test('gives what comes before its acknowledgement', () => {
    answering((_, answer) => [answer.message(row(7)), answer.acknowledgement()]);
    expect(request()).toEqual([7]);
    expect(kernel.requests[0]).toMatchObject({ family: 25, command: 4, version: 1, flags: 1 | 4 });
  });

  test('that the kernel refuses says with which error', () => {
    answering((_, answer) => [answer.error('EEXIST')]);
    expect(failureOf(request)).toEqual({ kind: 'answer', operation: 'try', errno: 'EEXIST' });
  });

  test('gets another number than the one before', () => {
    answering((_, answer) => [answer.acknowledgement()]);
    request();
    request();
    const [first, second] = kernel.requests;
    expect(second!.sequence).not.toBe(first!.sequence);
  });

  test('that nobody answers fails at once', () => {
    answering(() => []);
    expect(failureOf(request)).toEqual({ kind: 'unanswered', operation: 'try' });
  });
});

describe('requests in one datagram', () => {
  const read: number[] = [];
  const collect = (attributes: AttributeReader) => void read.push(numberOf(attributes) ?? 0);
  const look = { ...asked, command: 8, isDump: true, read: collect };
  const together = (...requests: readonly Partial<typeof look>[]) =>
    socket.requestTogether(requests.map((one) => ({ ...asked, ...one })));
  /** As the kernel: it tells of every refusal, and of what is done only where it is asked to. */
  const answeringAll = (refused: number, ...chunks: readonly (readonly number[])[]) =>
    answering(({ command, flags }, answer) => {
      if (command === 8) return [...chunks.map((chunk) => answer.message(...chunk.map(row))), answer.done()];
      if (command === refused) return [answer.error('EEXIST')];
      return (flags & 4) === 0 ? [] : [answer.acknowledgement()];
    });
  beforeEach(() => void read.splice(0));

  test('are all taken, and each refusal belongs to its own', () => {
    answeringAll(6);
    expect(together({ command: 5 }, { command: 6 }, { command: 7 })).toEqual([
      { errno: null, isWhole: false },
      { errno: 'EEXIST', isWhole: false },
      { errno: null, isWhole: false },
    ]);
    expect(kernel.requests.map(({ command, flags }) => [command, flags])).toEqual([
      [5, 1],
      [6, 1],
      [7, 1 | 4],
    ]);
  });

  test('where the last is refused, come to an end too', () => {
    answeringAll(7);
    expect(together({ command: 5 }, { command: 7 }).map(({ errno }) => errno)).toEqual([null, 'EEXIST']);
  });

  test('give the rows that a dump had before the others were done', () => {
    answeringAll(0, [1, 2]);
    expect(together(look, { command: 5 })).toMatchObject([{ errno: null }, { errno: null }]);
    expect(read.splice(0)).toEqual([1, 2]);
    answeringAll(6, [1, 2], [3], [4]);
    expect(together(look, { command: 6 })).toMatchObject([{ errno: null }, { errno: 'EEXIST' }]);
    expect(read).toEqual([1, 2]);
  });

  test('prove a dump whole where its one datagram had room for a further row', () => {
    const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => index);
    const isWhole = (...chunks: readonly (readonly number[])[]) => {
      answeringAll(0, ...chunks);
      return together(look, { command: 5 })[0]?.isWhole;
    };
    // A row has 28 bytes here. A page holds 128 of them beside the kernel's 512 bytes, 32 KiB hold 1,152.
    expect(isWhole()).toBe(true);
    expect(isWhole(rowsOf(127))).toBe(true);
    expect(isWhole(rowsOf(128))).toBe(false);
    expect(isWhole(rowsOf(137))).toBe(false);
    expect(isWhole(rowsOf(138))).toBe(true);
    expect(isWhole(rowsOf(1151))).toBe(true);
    expect(isWhole(rowsOf(1152))).toBe(false);
    // What ended the dump may be that its rows went away.
    expect(isWhole(rowsOf(1152), [])).toBe(false);
  });

  test('prove nothing of a dump of several datagrams that was read ahead', () => {
    answeringAll(0, Array(100).fill(1), Array(100).fill(2), Array(50).fill(3));
    const answers = socket.requestTogether([{ ...look }, { ...asked, command: 5 }], 120);
    expect(answers).toMatchObject([{ isWhole: false }, {}]);
  });

  test('read ahead up to the datagram with a row, and send the others behind it', () => {
    const sent: string[] = [];
    const chunks = [1, 2, 3, 4].map((number) => Array<number>(100).fill(number));
    answering(({ command }, answer) => {
      if (command !== 8) {
        sent.push(`write after ${read.length} rows`);
        return [answer.acknowledgement()];
      }
      return (function* () {
        for (const chunk of chunks) {
          sent.push(`datagram ${chunk[0]}`);
          yield answer.message(...chunk.map(row));
        }
        yield answer.done();
      })();
    });
    socket.requestTogether([{ ...look }, { ...asked, command: 5 }], 250);
    // What was received last is not even read before that.
    expect(sent).toEqual(['datagram 1', 'datagram 2', 'datagram 3', 'write after 100 rows', 'datagram 4']);
    expect(new Set(read)).toEqual(new Set([1, 2, 3]));
    sent.splice(0);
    socket.requestTogether([{ ...look }, { ...asked, command: 5 }], 64);
    expect(sent.slice(0, 2)).toEqual(['datagram 1', 'datagram 2']);
    sent.splice(0);
    socket.requestTogether([{ ...look }, { ...asked, command: 5 }], 63);
    expect(sent.slice(0, 2)).toEqual(['datagram 1', `write after ${read.length - 100} rows`]);
  });

  test('that nobody answers fail', () => {
    answering(() => []);
    expect(failureOf(() => together({ command: 5 }, { command: 6 }))).toMatchObject({ kind: 'unanswered' });
  });
});

describe('an answer that is too short for what it should hold', () => {
  const cut = (bytes: Uint8Array, length: number) => {
    const short = Buffer.from(bytes.subarray(0, 20));
    short.writeUInt32LE(length);
    return { bytes: short };
  };

  test.each([16, 17, 18, 19])('is refused, one of %i bytes too', (length) => {
    answering((_, answer) => [cut(answer.message(row(7)).bytes, length), answer.done()]);
    expect(failureOf(dump)).toMatchObject({ kind: 'protocol', operation: 'try' });
  });
});

describe('only the kernel’s answer to the present request counts', () => {
  test('a datagram of another process is dropped and counted', () => {
    answering((_, answer) => [
      { ...answer.message(row(666)), from: 31337 },
      { ...answer.error('EPERM'), from: 31337 },
      answer.message(row(7)),
      answer.acknowledgement(),
    ]);
    expect(request()).toEqual([7]);
    expect(socket.dropped).toBe(2);
  });

  test('so is a message of another sequence, or for another port', () => {
    answering(({ sequence, port }, answer) => [
      answer.misaddressed({ sequence: sequence - 1 }, row(666)),
      answer.misaddressed({ port: port + 1 }, row(666)),
      answer.message(row(7)),
      answer.acknowledgement(),
    ]);
    expect(request()).toEqual([7]);
    expect(socket.dropped).toBe(2);
  });

  test('what an exchange before left in the queue does not disturb the next', () => {
    let left: Behaviour = (_, answer) => [
      { bytes: Buffer.alloc(100_000) },
      answer.message(row(666)),
      answer.acknowledgement(),
    ];
    answering((taken, answer) => left(taken, answer));
    expect(failureOf(request).kind).toBe('protocol');
    left = (_, answer) => [answer.message(row(7)), answer.acknowledgement()];
    expect(request()).toEqual([7]);
  });
});

describe('a dump', () => {
  test('is all its datagrams, whether its end comes alone or with rows', () => {
    answering((_, answer) => [
      answer.message(row(1), row(2)),
      answer.message(row(3)),
      joined(answer.message(row(4)), answer.done()),
    ]);
    expect(dump()).toEqual([1, 2, 3, 4]);
    answering((_, answer) => [answer.message(row(5)), answer.done()]);
    expect(dump()).toEqual([5]);
    expect(kernel.requests[0]!.flags).toBe(1 | 0x300);
  });

  test('may be empty', () => {
    answering((_, answer) => [answer.done()]);
    expect(dump()).toEqual([]);
  });

  test('comes datagram by datagram, each received when it is asked for', () => {
    const made: number[] = [];
    answering(function* (_, answer) {
      for (const number of [1, 2, 3]) {
        made.push(number);
        yield answer.message(row(number));
      }
      yield answer.done();
    });
    const slices = socket.dump(asked, numberOf);
    // The kernel makes one further datagram when one is taken away.
    slices.next();
    expect(made).toEqual([1, 2]);
    slices.next();
    expect(made).toEqual([1, 2, 3]);
    expect([...slices]).toHaveLength(1);
  });

  test('that the kernel refuses, or ends with an error, says with which', () => {
    answering((_, answer) => [answer.error('EPERM')]);
    expect(failureOf(dump)).toEqual({ kind: 'answer', operation: 'try', errno: 'EPERM' });
    answering((_, answer) => [answer.message(row(1)), answer.done('ENOMEM')]);
    expect(failureOf(dump)).toEqual({ kind: 'answer', operation: 'try', errno: 'ENOMEM' });
  });

  test('that never ends properly fails instead of giving a part for the whole', () => {
    answering((_, answer) => [answer.message(row(1))]);
    expect(failureOf(dump)).toEqual({ kind: 'unanswered', operation: 'try' });
  });
});

test('a datagram that just fits is read to its end', () => {
  const filling = generic(4, attribute(1, u32(9)), attribute(2, Buffer.alloc(12)));
  answering((_, answer) => {
    const rows = Buffer.concat(Array.from({ length: 2339 }, (_, index) => answer.message(row(index)).bytes));
    const bytes = Buffer.concat([rows, answer.message(filling).bytes]);
    expect(bytes).toHaveLength(65536);
    return [{ bytes }, answer.done()];
  });
  expect(dump().slice(-2)).toEqual([2338, 9]);
});

describe('a datagram that cannot be trusted', () => {
  test('since it did not fit is refused: rows would be missing', () => {
    answering((_, answer) => [
      { bytes: Buffer.concat(Array.from({ length: 3000 }, (_, index) => answer.message(row(index)).bytes)) },
      answer.done(),
    ]);
    expect(failureOf(dump)).toMatchObject({
      kind: 'protocol',
      operation: 'try',
      reason: 'an answer of 84000 bytes was cut off at 65536',
    });
  });

  test.each([
    ['a message longer than the datagram', Buffer.concat([u32(500), Buffer.alloc(28)])],
    ['a message shorter than its own head', Buffer.concat([u32(12), Buffer.alloc(28)])],
  ])('since it holds %s is refused', (_, bytes) => {
    answering(() => [{ bytes }]);
    expect(failureOf(request).kind).toBe('protocol');
  });

  test('since the kernel says that it lost messages is refused', () => {
    answering(({ sequence, port }) => [
      { bytes: Buffer.concat([u32(16), u16(4), u16(0), u32(sequence), u32(port)]) },
    ]);
    expect(failureOf(request)).toMatchObject({ kind: 'protocol', reason: 'the kernel lost messages' });
  });

  test('whatever it holds, the exchange ends', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), (datagrams) => {
        answering(({ sequence, port }) =>
          datagrams.map((bytes, index) => {
            // Every other one is addressed rightly, so that what it holds is looked at.
            const copy = Buffer.from(bytes);
            if (index % 2 === 0 && copy.length >= 16) {
              copy.set(u32(copy.length), 0);
              copy.set(u32(sequence), 8);
              copy.set(u32(port), 12);
            }
            return { bytes: copy };
          }),
        );
        for (const exchange of [request, dump]) {
          try {
            exchange();
          } catch (error) {
            expect(error).toBeInstanceOf(NetlinkError);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
