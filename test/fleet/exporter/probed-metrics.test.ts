import { expect, test } from 'vitest';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { MetricsSource } from '../../../src/fleet/exporter/metrics-source.ts';
import { createSimulatedMachine } from '../../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../../src/host/network/simulated-network.ts';
import { Probing } from '../../../src/probe/probing.ts';
import { until } from '../../until.ts';

test('what real servers answer is told once they were probed, and who does not answer by a 0', async () => {
  const director = createSimulatedDirector({ now: () => 0, seed: 1 });
  const network = createSimulatedNetwork();
  const probing = new Probing({ director, network, machine: createSimulatedMachine() });
  probing.interval = 10_000;
  let time = 0;
  const source = new MetricsSource({
    director,
    sources: null,
    probing,
    totals: () => null,
    compat: [],
    mostSeries: 100_000,
    version: 'test',
    // Each look is a reading of its own.
    now: () => (time += 2000),
  });
  const series = (name: string, realServer: string) =>
    `lvstop_probe_${name}{service="tcp:203.0.113.10:443",real_server="${realServer}"}`;
  let text = '';
  await until('both were probed', async () => {
    text = (await source.text('prometheus')).toString();
    return (
      text.includes(series('answer', '10.0.1.31:443')) && text.includes(series('answer', '10.0.1.34:443'))
    );
  });
  expect(text).toContain('lvstop_probe_up 1\n');
  expect(text).toContain(`${series('answer', '10.0.1.31:443')} 1\n`);
  expect(text).toContain(`${series('round_trip_seconds', '10.0.1.31:443')} 0.0004\n`);
  expect(text).toContain(`${series('answer', '10.0.1.34:443')} 0\n`);
  expect(text).not.toContain(series('round_trip_seconds', '10.0.1.34:443'));
});
