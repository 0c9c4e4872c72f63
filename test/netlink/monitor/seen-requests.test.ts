import { expect, test } from 'vitest';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { commands } from '../../../src/netlink/ipvs/ipvs-constants.ts';
import {
  writeRealServer,
  writeService,
  writeServiceIdentity,
} from '../../../src/netlink/ipvs/ipvs-encode.ts';
import { SeenRequests } from '../../../src/netlink/monitor/seen-requests.ts';
import { AttributeWriter } from '../../../src/netlink/wire/attribute-writer.ts';
import { headerFields, littleEndian, messageFlags, messageTypes } from '../../../src/netlink/wire/message.ts';

const family = 28;
const identity = parseService('tcp:203.0.113.10:80');
const service = { identity, ...defaultServiceSettings };
const realServer = { ...defaultRealServerSettings, identity: parseRealServer('10.0.0.21:80'), weight: 7 };

/** What the kernel says to the request of that number. */
function answer(sequence: number, errno = 0): Uint8Array {
  const bytes = new Uint8Array(36);
  const view = new DataView(bytes.buffer);
  view.setUint32(headerFields.length, bytes.length, littleEndian);
  view.setUint16(headerFields.type, messageTypes.error, littleEndian);
  view.setInt32(16, -errno, littleEndian);
  view.setUint32(20 + headerFields.sequence, sequence, littleEndian);
  return bytes;
}

function addition(sequence: number): Uint8Array {
  const writer = new AttributeWriter().begin(family, messageFlags.ack, sequence, commands.newService, 1);
  writeService(writer, service);
  return writer.finish().slice();
}

test('a request is told with its answer, and of whom the kernel answered', () => {
  const seen = new SeenRequests<string>(family);
  expect(seen.take(addition(1), 10, 'as it says')).toEqual([]);
  expect(seen.take(answer(1), 11, 'as the kernel says')).toEqual([
    { request: { kind: 'add service', service }, time: 10, errno: null, sender: 'as the kernel says' },
  ]);
  seen.take(addition(2), 20, 'one');
  expect(seen.take(answer(2, 17), 21, 'one')).toMatchObject([{ errno: 'EEXIST' }]);
});

test('of several requests in one datagram those before the answered one are done', () => {
  const writer = new AttributeWriter().begin(family, messageFlags.dump, 1, commands.getDestination, 1);
  writeServiceIdentity(writer, identity);
  writer.beginNext(family, 0, 2, commands.setDestination, 1);
  writeServiceIdentity(writer, identity);
  writeRealServer(writer, realServer);
  writer.beginNext(family, messageFlags.ack, 3, commands.deleteService, 1);
  writeServiceIdentity(writer, identity);
  const seen = new SeenRequests<string>(family);
  expect(seen.take(writer.finish().slice(), 10, 'one')).toEqual([]);
  expect(seen.take(answer(3), 11, 'one').map(({ request }) => request)).toEqual([
    { kind: 'set real server', identity, realServer },
    { kind: 'delete service', identity },
  ]);
});

test('a request that wants no answer is done when none has come for a while', () => {
  const writer = new AttributeWriter().begin(family, 0, 1, commands.flush, 1);
  const seen = new SeenRequests<string>(family);
  seen.take(writer.finish().slice(), 10, 'one');
  expect(seen.settle(100)).toEqual([]);
  expect(seen.settle(500)).toMatchObject([{ request: { kind: 'flush' }, errno: null }]);
});

test('readings, other families and what is cut off are nothing', () => {
  const seen = new SeenRequests<string>(family);
  const reading = new AttributeWriter().begin(family, messageFlags.dump, 1, commands.getService, 1).finish();
  const other = new AttributeWriter().begin(16, messageFlags.ack, 2, commands.newService, 1).finish();
  for (const bytes of [reading.slice(), other.slice(), addition(3).slice(0, 40), new Uint8Array(3)])
    seen.take(bytes, 10, 'one');
  expect(seen.settle(10_000)).toEqual([]);
});
