import { expect, test } from 'vitest';
import { ownerOfPort, pidBits, readProcessFacts } from '../../../src/host/processes/process-facts.ts';
import { openTransport } from '../../../src/netlink/wire/transport.ts';

test('a socket that is open is its process’s, whatever number its port holds', () => {
  // The first has the process's number, the second one that the kernel has drawn.
  const [first, second] = [openTransport(), openTransport()];
  try {
    for (const { port } of [first, second]) {
      const owner = ownerOfPort(port);
      expect(owner).toMatchObject({
        kind: 'process',
        facts: { pid: process.pid, command: expect.anything() },
      });
    }
    expect(second.port & pidBits).not.toBe(process.pid);
  } finally {
    first.close();
    second.close();
  }
});

test('of a process that is gone only the number is told', () => {
  // Above what a process's number can be.
  expect(ownerOfPort(pidBits)).toEqual({ kind: 'gone', pid: pidBits });
  expect(readProcessFacts(pidBits)).toBeUndefined();
});
