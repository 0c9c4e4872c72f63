import { expect, it } from 'vitest';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { emptySite } from '../../src/director/simulated/sites/empty-site.ts';
import { CountedChanges } from '../../src/fleet/counted-changes.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { createSampler } from '../../src/sampling/sampler.ts';

const service = { ...defaultServiceSettings, identity: parseService('tcp:203.0.113.10:80') };
const [one, other] = ['10.0.0.21:80', '10.0.0.22:80'].map((text) => ({
  ...defaultRealServerSettings,
  identity: parseRealServer(text),
}));

it('counts what is added, edited and deleted, and nothing of the first reading', async () => {
  if (one === undefined || other === undefined) throw new Error('there are two');
  const director = createSimulatedDirector({ now: () => performance.now(), seed: 1, site: emptySite });
  const sampler = createSampler({ director, interval: 1 });
  const changes = new CountedChanges();
  const counted = async () =>
    Object.fromEntries(
      (await changes.take(await sampler.refresh()))
        .filter(({ count }) => count > 0)
        .map(({ kind, count }) => [kind, count]),
    );
  const { identity } = service;
  director.write([
    { operation: 'add service', service },
    { operation: 'add real server', identity, realServer: one },
  ]);
  expect(await counted()).toEqual({});
  director.write([{ operation: 'add real server', identity, realServer: other }]);
  director.write([{ operation: 'edit real server', identity, realServer: { ...one, weight: 7 } }]);
  expect(await counted()).toEqual({ 'add real server': 1, 'edit real server': 1 });
  expect(await counted()).toEqual({ 'add real server': 1, 'edit real server': 1 });
  director.write([{ operation: 'delete real server', identity, realServer: other }]);
  await counted();
  expect(await counted()).toMatchObject({ 'delete real server': 1 });
  director.write([{ operation: 'delete service', identity }]);
  expect(await counted()).toEqual({
    'add real server': 1,
    'edit real server': 1,
    'delete real server': 1,
    'delete service': 1,
  });
});
