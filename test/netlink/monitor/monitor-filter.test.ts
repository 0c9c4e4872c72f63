import { expect, test } from 'vitest';
import { commands } from '../../../src/netlink/ipvs/ipvs-constants.ts';
import { monitorFilter } from '../../../src/netlink/monitor/monitor-filter.ts';
import { headerFields, littleEndian, messageFlags, messageTypes } from '../../../src/netlink/wire/message.ts';

const family = 0x1c;
const generic = 16;

/** Runs a program of classic BPF as the kernel does, as far as this filter needs it. */
function takes(packet: Uint8Array, protocol = generic): boolean {
  const program = monitorFilter(family);
  const code = new DataView(program.buffer);
  const view = new DataView(packet.buffer);
  let [a, x] = [0, 0];
  for (let at = 0; ; at++) {
    const place = at * 8;
    const value = code.getUint32(place + 4, littleEndian);
    const jump = (isSo: boolean) => {
      at += code.getUint8(place + (isSo ? 2 : 3));
    };
    switch (code.getUint16(place, littleEndian)) {
      case 0x30:
        a = view.getUint8(value);
        break;
      case 0x28:
        a = value === 0xfffff000 ? protocol : view.getUint16(value);
        break;
      case 0x64:
        a <<= value;
        break;
      case 0x07:
        x = a;
        break;
      case 0x0c:
        a += x;
        break;
      case 0x1c:
        a -= x;
        break;
      case 0x80:
        a = packet.length;
        break;
      case 0x15:
        jump(a === value);
        break;
      case 0x35:
        jump(a >>> 0 >= value);
        break;
      case 0x45:
        jump((a & value) !== 0);
        break;
      case 0x06:
        return value > 0;
      default:
        throw new Error('an instruction that the test does not know');
    }
  }
}

function message(type: number, flags: number, command: number, quotedType = 0, behind = 0): Uint8Array {
  const bytes = new Uint8Array(40 + behind);
  const view = new DataView(bytes.buffer);
  view.setUint32(headerFields.length, 40, littleEndian);
  view.setUint16(headerFields.type, type, littleEndian);
  view.setUint16(headerFields.flags, flags, littleEndian);
  if (quotedType === 0) bytes[16] = command;
  else view.setUint16(24, quotedType, littleEndian);
  return bytes;
}

const request = messageFlags.request | messageFlags.ack;

test.each([
  ['an addition', message(family, request, commands.newService), true],
  ['a flush', message(family, request, commands.flush), true],
  ['a reading', message(family, request, commands.getService), false],
  ['a reading with more behind it', message(family, request, commands.getService, 0, 40), true],
  ['an answer with a service', message(family, messageFlags.multi, commands.newService), false],
  ['what the kernel says to a request', message(messageTypes.error, 0, 0, family), true],
  ['what it says to another family', message(messageTypes.error, 0, 0, 0x10), false],
  ['another family’s request', message(0x10, request, commands.newService), false],
])('%s', (_, bytes, isTaken) => {
  expect(takes(bytes)).toBe(isTaken);
});

test('other protocols are left', () => {
  expect(takes(message(family, request, commands.newService), 0)).toBe(false);
});
