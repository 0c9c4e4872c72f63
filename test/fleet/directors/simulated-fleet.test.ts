import { expect, it, onTestFinished } from 'vitest';
import { demoSite } from '../../../src/director/simulated/sites/demo-site.ts';
import { alikeness } from '../../../src/fleet/directors/partners.ts';
import { createSimulatedFleet } from '../../../src/fleet/directors/simulated-fleet.ts';
import { until } from '../../until.ts';

it('has pairs, of which one is not set alike', async () => {
  const fleet = createSimulatedFleet('0');
  onTestFinished(() => fleet.stop());
  fleet.start(() => undefined);
  await fleet.settled();
  const byKey = new Map(fleet.directors.map((director) => [director.key, director]));
  const different = fleet.directors.filter((director) => alikeness(director, byKey) === 'different');
  expect(different.map(({ name }) => name)).toEqual(['lb-nyc-1', 'lb-nyc-2']);
  expect(fleet.directors.filter((director) => alikeness(director, byKey) === 'equal')).toHaveLength(6);
});

it('lets one fall silent, with what was read of it last', async () => {
  const member = {
    name: 'lb',
    site: { ...demoSite, hostName: 'lb' },
    vrrp: null,
    partner: null,
    silentAfter: 0.5,
  };
  const fleet = createSimulatedFleet('0', [member]);
  onTestFinished(() => fleet.stop());
  fleet.start(() => undefined);
  await fleet.settled();
  await until('it falls silent', async () => fleet.directors[0]?.contact.kind === 'silent');
  expect(fleet.directors[0]?.reading?.serviceCount).toBe(demoSite.services.length);
});
