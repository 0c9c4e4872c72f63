import { expect, it } from 'vitest';
import { allRealServers } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { demoSite } from '../../../src/director/simulated/sites/demo-site.ts';
import { aRealServer, aService } from '../behaviour.ts';
import { addRealServer, addService } from '../table-edits.ts';

it('is made while the clock runs, by ten thousand services of ten real servers, with traffic in each', {
  timeout: 60_000,
}, () => {
  // The clock that runs on while the simulation works is the one thing that this is about.
  let passed = 0;
  const director = createSimulatedDirector({
    now: () => performance.now() + passed,
    seed: 1,
    site: { ...demoSite, services: [] },
  });
  const services = Array.from({ length: 10_000 }, (_, index) =>
    aService(`tcp:10.2.${index >> 8}.${index & 255}:80`, { scheduler: 'wlc' }),
  );
  for (const service of services) {
    addService(director, service);
    for (let host = 1; host <= 10; host++) {
      addRealServer(director, service.identity, aRealServer(`10.3.0.${host}:8080`));
    }
  }
  for (const service of services) director.findService(service.identity);
  const activeOf = ({ identity }: (typeof services)[number]) =>
    allRealServers(director, identity).map((entry) => entry.active);
  for (const service of [services[0]!, services[9999]!]) {
    // Two seconds is the longest that a large table gathers for one step.
    for (let step = 0; step < 10 && Math.max(...activeOf(service)) === 0; step++) passed += 2500;
    expect(activeOf(service)).toHaveLength(10);
    expect(Math.max(...activeOf(service))).toBeGreaterThan(0);
  }
});
