/** The lab itself: if these fail, no other lab test tells anything about lvstop. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  clients,
  countersSettled,
  flush,
  inner,
  inner6,
  ipvsadm,
  ipvsadmRestore,
  ipvsadmSave,
  loadSampleTable,
  outer,
  outer6,
  runLoad,
  startServers,
  timed,
  vip,
  vip6,
} from './guest.ts';

/** The first six numbers of the service's own row of `--stats`: connections, packets and bytes in and out. */
async function serviceCounters(address: string): Promise<Record<string, number>> {
  const text = await ipvsadm('-Ln', '--stats', '--exact', '-t', address);
  const row = text.split('\n').find((line) => line.startsWith('TCP')) ?? '';
  const [connections, inPackets, outPackets, inBytes, outBytes] = row
    .trim()
    .split(/\s+/)
    .slice(2)
    .map(Number);
  return {
    connections: connections ?? -1,
    inPackets: inPackets ?? -1,
    outPackets: outPackets ?? -1,
    inBytes: inBytes ?? -1,
    outBytes: outBytes ?? -1,
  };
}

describe('the kernel', () => {
  test('has every scheduler and persistence engine that the lab relies on', () => {
    const modules = readFileSync('/proc/modules', 'utf8');
    for (const name of 'rr wrr lc wlc fo ovf lblc lblcr dh sh mh sed nq pe_sip'.split(' ')) {
      expect(modules).toContain(`ip_vs_${name} `);
    }
  });

  test('gives the sample table back as it was loaded', async () => {
    await loadSampleTable();
    const saved = await ipvsadmSave();
    await flush();
    await ipvsadmRestore(saved);
    expect(saved.split('\n')).toHaveLength(20);
    expect(await ipvsadmSave()).toBe(saved);
    await flush();
    expect(await ipvsadmSave()).toBe('');
  });
});

const CASES = [
  { method: 'NAT', flag: '-m', address: `${vip.nat}:80`, reals: [`${inner.rs1}:8080`, `${inner.rs2}:8080`] },
  { method: 'TUN', flag: '-i', address: `${vip.tun}:80`, reals: [`${outer.rs1}:80`, `${outer.rs2}:80`] },
  { method: 'DR', flag: '-g', address: `${vip.dr}:80`, reals: [`${outer.rs1}:80`, `${outer.rs2}:80`] },
  {
    method: 'NAT',
    flag: '-m',
    address: `[${vip6.nat}]:80`,
    reals: [`[${inner6.rs1}]:8080`, `[${inner6.rs2}]:8080`],
  },
  {
    method: 'TUN',
    flag: '-i',
    address: `[${vip6.tun}]:80`,
    reals: [`[${outer6.rs1}]:80`, `[${outer6.rs2}]:80`],
  },
  {
    method: 'DR',
    flag: '-g',
    address: `[${vip6.dr}]:80`,
    reals: [`[${outer6.rs1}]:80`, `[${outer6.rs2}]:80`],
  },
];

describe('traffic', () => {
  beforeAll(startServers);

  test.each(CASES)(
    '$method at $address is answered by both real servers',
    async ({ method, flag, address, reals }) => {
      await ipvsadm('-A', '-t', address, '-s', 'rr');
      for (const real of reals) {
        await ipvsadm('-a', '-t', address, '-r', real, flag);
      }
      const load = await runLoad({ rate: 20, count: 6, targets: [address] });
      expect(load).toMatchObject({ opened: 6, answered: 6, failed: 0, servers: { rs1: 3, rs2: 3 } });

      await countersSettled(address, 6);
      const counters = await serviceCounters(address);
      expect(counters).toMatchObject({ connections: 6 });
      expect(counters.inPackets).toBeGreaterThan(6 * 3);
      if (method === 'NAT') {
        expect(counters.outBytes).toBeGreaterThan(6 * 100);
      } else {
        expect(counters).toMatchObject({ outPackets: 0, outBytes: 0 });
      }
    },
  );

  test('under NAT fails for a client in the real server’s own network', async () => {
    const address = '10.0.0.103:80';
    await ipvsadm('-A', '-t', address, '-s', 'rr');
    await ipvsadm('-a', '-t', address, '-r', `${outer.rs3}:8080`, '-m');
    expect(await runLoad({ rate: 20, count: 2, targets: [address] })).toMatchObject({
      answered: 0,
      failed: 2,
    });
  });

  test('keeps a rate to within 2 %, from either address of the client', timed, async () => {
    const address = `${vip.nat}:80`;
    await flush();
    await ipvsadm('-A', '-t', address, '-s', 'rr');
    await ipvsadm('-a', '-t', address, '-r', `${inner.rs1}:8080`, '-m');
    const load = await runLoad({
      rate: 30,
      count: 150,
      targets: [address],
      sources: [clients[1]],
      bytes: 2000,
    });
    expect(load).toMatchObject({ opened: 150, answered: 150, servers: { rs1: 150 } });
    expect(load.opened / load.seconds).toBeGreaterThan(30 * 0.98);
    expect(load.opened / load.seconds).toBeLessThan(30 * 1.02);
    expect(await ipvsadm('-Lnc')).toContain(clients[1]);
    await countersSettled(address, 150);
    expect(await serviceCounters(address)).toMatchObject({ connections: 150 });
  });
});
