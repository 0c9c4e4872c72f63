/**
 * Sends datagrams from the lab's client through its director as fast as they go, each from another port and perhaps another
 * address, so that each is a connection of its own where so many are wanted.
 *
 * usage: flood.ts LINK_ADDRESS_OF_THE_DIRECTOR DESTINATION PORT --seconds S | --connections N
 *
 * Of connections every fiftieth is of the client 198.18.0.1, all others of clients of their own.
 */

import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { probePacket } from '../../../src/netlink/packets/probe-packet.ts';
import { openCookedSocket } from '../../../src/netlink/packets/probe-socket.ts';
import { sampleFilter } from '../../../src/netlink/packets/sample-filter.ts';
import { macBytes } from '../../../src/netlink/packets/who-has.ts';

const [mac = '', address = '', port = '', kind = '', amount = ''] = process.argv.slice(2);
const own = networkInterfaces().eth0?.[0];
if (own === undefined) throw new Error('there is no eth0 here');
const linkIndex = Number(readFileSync('/sys/class/net/eth0/ifindex', 'utf8'));
// It sends only.
const socket = openCookedSocket('inet', sampleFilter('inet', [Uint8Array.of(0, 0, 0, 0)], 1));
const way = { linkIndex, mac: macBytes(mac) };
const to = { address, port: Number(port) };
const payload = new Uint8Array(18);
const end = kind === '--seconds' ? performance.now() + Number(amount) * 1000 : Infinity;
const count = kind === '--connections' ? Number(amount) : Infinity;

let sent = 0;
const few = Array.from({ length: 256 }, (_, number) => packet(own.address, 20_000 + number));
for (let number = 0; number < count && (number % 64 !== 0 || performance.now() < end); number++) {
  const next = kind === '--seconds' ? (few[number % few.length] ?? payload) : packetOfConnection(number);
  for (let tries = 0; tries < 1000; tries++) {
    try {
      socket.send(way, next);
      sent++;
      break;
    } catch {
      // The link's queue is full for a moment.
    }
  }
}
console.log(sent);

function packet(from: string, fromPort: number): Uint8Array {
  return probePacket({ address: from, port: fromPort }, to, { kind: 'udp', payload });
}

/** Each has an address and port of its own. */
function packetOfConnection(number: number): Uint8Array {
  if (number % 50 === 0) return packet('198.18.0.1', 1024 + ((number / 50) % 60_000));
  const client = `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${2 + (number % 250)}`;
  return packet(client, 1024 + (number % 60_000));
}
