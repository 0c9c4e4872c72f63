import { describe, expect, it } from 'vitest';
import { ClientRates } from '../../src/clients/client-rates.ts';
import type { SampledPacket } from '../../src/clients/packet-source.ts';
import { createRandom } from '../../src/director/simulated/random.ts';

const called = 'udp:203.0.113.53:53';

function packet(change: Partial<SampledPacket> = {}): SampledPacket {
  return {
    time: 0,
    oneIn: 1,
    client: '198.18.0.1',
    clientPort: 40_000,
    called,
    bytes: 100,
    isOpening: false,
    ...change,
  };
}

describe('clients by rate', () => {
  it('are exact where every packet was seen', () => {
    const rates = new ClientRates();
    rates.take([], 0);
    rates.take(
      [
        packet({ time: 1000, isOpening: true }),
        packet({ time: 1000 }),
        packet({ time: 1000, client: '198.18.0.2', bytes: 1000 }),
      ],
      2000,
    );
    const { all, clients } = rates.ranked('packets', 10, null);
    expect(clients[0]).toMatchObject({
      name: '198.18.0.1',
      packets: { value: 1, error: 0 },
      bits: { value: 800 },
      openings: { value: 0.5 },
      size: 100,
    });
    expect(all.packets.value).toBe(1.5);
    expect(rates.ranked('bits', 1, null)).toMatchObject({ clients: [{ name: '198.18.0.2' }], left: 1 });
    expect(rates.ranked('packets', 10, { inet: 24, inet6: 64 }).clients).toMatchObject([
      { name: '198.18.0.0/24', seen: 3 },
    ]);
  });

  it('are of the last ten seconds', () => {
    const rates = new ClientRates();
    rates.take([packet()], 0);
    rates.take([packet({ time: 15_000 })], 15_000);
    expect(rates).toMatchObject({ seen: 1, seconds: 10 });
  });

  it('lie within their errors in 95 of 100 samples; a client that sends one in fifty is found in ten seconds', () => {
    const random = createRandom(11);
    const oneIn = 100;
    const truth = { packets: 50_000, heavy: 1000 };
    let held = 0;
    let heldHeavy = 0;
    let found = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const rates = new ClientRates();
      rates.take([], 0);
      const taken: SampledPacket[] = [];
      // Ten seconds of 50,000 packets, of which the client has 1,000 a second; the others are of 500 clients.
      const others = random.binomial((truth.packets - truth.heavy) * 10, 1 / oneIn);
      const heavy = random.binomial(truth.heavy * 10, 1 / oneIn);
      for (let number = 0; number < others; number++)
        taken.push(packet({ time: 5000, oneIn, client: `198.19.${number % 2}.${number % 250}` }));
      for (let number = 0; number < heavy; number++) taken.push(packet({ time: 5000, oneIn }));
      rates.take(taken, 10_000);
      const { all, clients } = rates.ranked('packets', 10, null);
      if (Math.abs(all.packets.value - truth.packets) <= all.packets.error) held++;
      const own = clients.find(({ name }) => name === '198.18.0.1');
      if (own === undefined) continue;
      if (Math.abs(own.packets.value - truth.heavy) <= own.packets.error) heldHeavy++;
      // It is the first, and so by more than chance.
      const [first, second] = clients;
      if (first === own && own.packets.value - own.packets.error > (second?.packets.value ?? 0)) found++;
    }
    expect(held / runs).toBeGreaterThanOrEqual(0.95);
    expect(heldHeavy / runs).toBeGreaterThanOrEqual(0.95);
    expect(found / runs).toBeGreaterThanOrEqual(0.95);
  });

  it('tell of one port that sends most datagrams of a service', () => {
    const rates = new ClientRates();
    const many = Array.from({ length: 80 }, () => packet());
    const few = Array.from({ length: 20 }, (_, number) => packet({ clientPort: number }));
    rates.take([...many, ...few], 1000);
    expect(rates.oneSender(called)).toEqual({ client: '198.18.0.1', port: 40_000, share: 0.8 });
    expect(rates.oneSender('udp:203.0.113.54:53')).toBeNull();
  });
});
