import { expect, test, vi } from 'vitest';
import { allRealServers } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { gatherWalk } from '../../../src/doctor/walk/gather-walk.ts';
import { createSimulatedMachine } from '../../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../../src/host/network/simulated-network.ts';
import { inetNumber } from '../../../src/ipvs/address.ts';
import { parseService } from '../../../src/ipvs/identity.ts';

/** A walk by DR while so many connections of a client are half open, which have begun 19 s ago. */
async function obstacles(client: string) {
  const director = createSimulatedDirector({ now: () => 0, seed: 1 });
  const identity = parseService('tcp:203.0.113.10:443');
  const service = director.findService(identity)?.service;
  const realServer = allRealServers(director, identity)[0]?.realServer;
  if (service === undefined || realServer === undefined) throw new Error('the demo has changed');
  vi.spyOn(director, 'readConnections').mockImplementation(function* (table) {
    const { address, port } = realServer.identity;
    const route = table.routeId('one', () => ({
      protocol: 'tcp',
      virtual: { address: '203.0.113.10', port: 443 },
      realServer: { address, port },
    }));
    for (let number = 0; number < 6; number++)
      table.add(
        Uint32Array.of(0, 0, 0xffff, inetNumber(client)),
        40_000 + number,
        route!,
        'SYN_RECV',
        41,
        false,
      );
  });
  const sources = { director, network: createSimulatedNetwork(), machine: createSimulatedMachine() };
  const walk = await gatherWalk(sources, { service, realServer, services: [identity] });
  return walk.obstacles.map(({ text }) => text);
}

test('half-open connections are told, but for calls of the director itself, which nobody elsewhere can answer', async () => {
  expect(await obstacles('198.51.100.7')).toContainEqual(expect.stringContaining('6 of 6 connections'));
  expect(await obstacles('203.0.113.10')).not.toContainEqual(expect.stringContaining('half open'));
});
