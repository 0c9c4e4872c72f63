import { describe, expect, it } from 'vitest';
import { createKernelNetwork } from '../../../src/host/network/kernel-network.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';

// What routes, neighbours and interfaces of all kinds look like is tested in the lab, beside iproute2.
describe.runIf(process.platform === 'linux')("this machine's network", () => {
  it('has loopback, whose addresses are local', async () => {
    const network = createKernelNetwork();
    const { links, addresses, routes } = await network.picture(['127.0.0.1', '127.0.0.1', 'nonsense']);
    expect(links.find(({ name }) => name === 'lo')).toMatchObject({
      isLoopback: true,
      mac: null,
      kind: null,
    });
    expect(addresses).toContainEqual(expect.objectContaining({ address: '127.0.0.1', link: 'lo' }));
    expect([...routes]).toEqual([['127.0.0.1', { kind: 'local', link: 'lo' }]]);
    network.close();
  });

  it('tells the way of a packet with a source, a mark and ports', async () => {
    const network = createKernelNetwork();
    const flow = { protocol: 6, fromPort: 1234, toPort: 80 };
    const { routes } = await network.picture([
      { to: '127.0.0.1', from: '127.0.0.2', mark: 0xffff_ffff },
      { to: '127.0.0.1', flow },
    ]);
    const local = { kind: 'local', link: 'lo' };
    expect(Object.fromEntries(routes)).toEqual({
      '127.0.0.1 from 127.0.0.2 mark 4294967295': local,
      '127.0.0.1 flow 6 1234 80': local,
    });
    network.close();
  });

  it('can be looked at several times at once', async () => {
    const network = createKernelNetwork();
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => network.picture(['127.0.0.1'])));
    for (const other of others) expect(other?.links).toEqual(first?.links);
    network.close();
  });

  it('says that it was closed to those who wait', async () => {
    const network = createKernelNetwork();
    const waiting = network.picture(['127.0.0.1']);
    network.close();
    await expect(waiting).rejects.toThrow(IpvsError);
    await expect(waiting).rejects.toThrow(/it was closed/);
  });
});
