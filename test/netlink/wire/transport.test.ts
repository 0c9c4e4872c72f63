import { closeSync, fstatSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openTransport } from '../../../src/netlink/wire/transport.ts';

/** The number that the next file gets; it is free again. */
function nextNumber(): number {
  const file = openSync('/dev/null', 'r');
  closeSync(file);
  return file;
}

describe.runIf(process.platform === 'linux')('a transport that was closed', () => {
  test('lets its number be, which another file may have by then', () => {
    const number = nextNumber();
    const transport = openTransport();
    expect(nextNumber()).not.toBe(number);
    transport.close();
    const file = openSync('/dev/null', 'r');
    expect(file).toBe(number);
    transport.close();
    expect(fstatSync(file).isCharacterDevice()).toBe(true);
    closeSync(file);
  });

  test('neither sends nor receives', () => {
    const transport = openTransport();
    expect(transport.receive()).toEqual([]);
    transport.close();
    const failure = { kind: 'system', errno: 'EBADF' };
    expect(() => transport.send(new Uint8Array(16))).toThrow(
      expect.objectContaining({ failure: { ...failure, operation: 'send' } }),
    );
    expect(() => transport.receive()).toThrow(
      expect.objectContaining({ failure: { ...failure, operation: 'receive' } }),
    );
  });
});
