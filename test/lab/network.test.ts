/** This machine's network, settings and connections as lvstop sees them, with iproute2 and ipvsadm as second opinion. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sampleConnections } from '../../src/director/connection-sample.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createMachineSampler } from '../../src/host/machine/kernel-machine.ts';
import { createKernelNetwork } from '../../src/host/network/kernel-network.ts';
import { allAtOnce, inTurns } from '../../src/system/turns.ts';
import {
  flush,
  inner,
  inner6,
  ipvsadm,
  ipvsadmRestore,
  run,
  runLoad,
  startServers,
  vip,
  vip6,
} from './guest.ts';

const network = createKernelNetwork();
const hostileName = 'd\u001b[31m';

/** Makes every kind of thing that there is to see. */
const arrangement = `
link add ${hostileName} type dummy
link add tun-test type ipip local 10.1.0.10 remote 10.1.0.21
address add 203.0.113.7/32 dev ${hostileName} preferred_lft 0
address add 2001:db8:7::7/128 dev eth0 nodad preferred_lft 0
route add 192.0.2.0/24 via 10.1.0.21 mtu 1300
route add 192.88.0.0/24 via inet6 fd00:1::21 dev eth1
route add unreachable 198.51.100.0/26
route add prohibit 198.51.100.64/26
route add blackhole 198.51.100.128/26
-6 route add 2001:db8:1::/48 via fd00:1::21 mtu 1290
-6 route add unreachable 2001:db8:2::/48
-6 route add prohibit 2001:db8:3::/48
neighbour replace 10.1.0.99 dev eth1 nud failed
neighbour replace 10.1.0.98 lladdr 02:00:00:00:00:98 dev eth1 nud permanent
neighbour replace fd00:1::99 dev eth1 nud failed
`.trim();

async function ip(line: string): Promise<string> {
  return await run(['ip', ...line.split(' ')]);
}

async function json(line: string): Promise<Record<string, unknown>[]> {
  // iproute2 writes the escape character of the name as it is, which is no JSON.
  const said = (await ip(`-json -details ${line}`)).replaceAll('\u001b', '␛');
  return (JSON.parse(said || '[]') as Record<string, unknown>[]).filter(
    (item) => Object.keys(item).length > 0,
  );
}

beforeAll(async () => {
  for (const line of arrangement.split('\n')) await ip(line);
});
beforeEach(flush);
afterAll(async () => {
  await ip(`link delete ${hostileName}`);
  await ip('link delete tun-test');
  for (const line of arrangement
    .split('\n')
    .filter((text) => text.includes('eth1 ') || text.includes('route')))
    await ip(line.replace(/ (add|replace) /, ' delete ').replace(/ nud \w+/, '')).catch(() => '');
  await ip('address delete 2001:db8:7::7/128 dev eth0');
  network.close();
});

describe('the network', () => {
  test('has the interfaces of ip link', async () => {
    const { links } = await network.picture([]);
    const second = (await json('link')).map((item) => {
      const flags = item.flags as string[];
      const mac = item.address as string | undefined;
      return {
        name: item.ifname,
        index: item.ifindex,
        kind: (item.linkinfo as { info_kind?: string } | undefined)?.info_kind ?? null,
        isLoopback: flags.includes('LOOPBACK'),
        isUp: flags.includes('UP'),
        hasCarrier: flags.includes('LOWER_UP'),
        mac: mac?.length === 17 && mac !== '00:00:00:00:00:00' ? mac : null,
        mtu: item.mtu,
      };
    });
    expect(links).toEqual(second);
    expect(links.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['veth', 'dummy', 'ipip', null]));
    expect(links.map(({ name }) => name)).toContain('d␛[31m');
  });

  test('has the addresses of ip address, the deprecated among them', async () => {
    const { addresses } = await network.picture([]);
    const second = (await json('address')).flatMap((item) =>
      (item.addr_info as Record<string, unknown>[])
        .filter(({ family }) => family === 'inet' || family === 'inet6')
        .map((held) => ({
          family: held.family,
          address: held.local,
          prefixLength: held.prefixlen,
          link: item.ifname,
          scope: held.scope,
          isDeprecated: held.deprecated === true,
          isDuplicate: held.dadfailed === true,
        })),
    );
    expect(sorted(addresses)).toEqual(sorted(second));
    expect(addresses).toContainEqual({
      family: 'inet',
      address: '203.0.113.7',
      prefixLength: 32,
      link: 'd␛[31m',
      scope: 'global',
      isDeprecated: true,
      isDuplicate: false,
    });
    expect(addresses.find(({ address }) => address === vip6.nat)?.isDeprecated).toBe(true);
  });

  test('has the neighbours of ip neighbour, the failed among them', async () => {
    // Somebody to be found.
    await run(['ping', '-c', '1', '-W', '2', inner.rs1]).catch(() => '');
    const { neighbours } = await network.picture([]);
    const second = (await json('neighbour show nud all')).map(({ dst, dev, lladdr, state }) => ({
      family: String(dst).includes(':') ? 'inet6' : 'inet',
      address: dst,
      link: dev,
      mac: lladdr ?? null,
      state: (state as string[])[0]?.toLowerCase(),
    }));
    // States change by themselves: those that do not are compared.
    const lasting = ({ state }: { state?: unknown }) =>
      ['failed', 'permanent', 'noarp'].includes(String(state));
    expect(sorted(neighbours.filter(lasting))).toEqual(sorted(second.filter(lasting).map(withoutZeros)));
    expect(new Set(neighbours.map(({ address }) => address))).toEqual(
      new Set(second.map(({ address }) => address)),
    );
    for (const address of ['10.1.0.99', 'fd00:1::99'])
      expect(neighbours.find((known) => known.address === address)).toMatchObject({
        link: 'eth1',
        mac: null,
        state: 'failed',
      });
  });

  const destinations = [
    inner.rs1,
    inner6.rs1,
    vip.nat,
    vip6.nat,
    '127.0.0.1',
    '::1',
    '203.0.113.7',
    '192.0.2.1',
    '192.88.0.1',
    '2001:db8:1::1',
  ];

  test.each(destinations)('leads to %s by the route of ip route get', async (address) => {
    const picture = await network.picture([address]);
    const [second] = await json(`route get ${address}`);
    const { type, dev, gateway, via, prefsrc, metrics } = second ?? {};
    const link = picture.links.find(({ name }) => name === dev);
    expect(picture.routes.get(address)).toEqual(
      type === 'local'
        ? { kind: 'local', link: dev }
        : {
            kind: 'unicast',
            link: dev,
            via: gateway ?? (via as { host: string } | undefined)?.host ?? null,
            source: prefsrc ?? null,
            mtu: (metrics as { mtu?: number }[] | undefined)?.[0]?.mtu ?? link?.mtu,
          },
    );
  });

  test('knows what the routes of this test are', async () => {
    const { routes } = await network.picture(destinations);
    expect(routes.get('192.0.2.1')).toEqual({
      kind: 'unicast',
      link: 'eth1',
      via: '10.1.0.21',
      source: '10.1.0.10',
      mtu: 1300,
    });
    expect(routes.get('192.88.0.1')).toMatchObject({ via: 'fd00:1::21' });
    expect(routes.get('2001:db8:1::1')).toMatchObject({ via: 'fd00:1::21', mtu: 1290 });
    expect(routes.get(inner6.rs1)).toMatchObject({
      kind: 'unicast',
      link: 'eth1',
      via: null,
      source: 'fd00:1::10',
    });
  });

  test.each([
    ['198.51.100.1', 'unreachable', /No route to host/],
    ['198.51.100.65', 'prohibit', /Permission denied/],
    ['198.51.100.129', 'blackhole', /Invalid argument/],
    ['100.64.0.1', 'no route', /unreachable/],
    ['2001:db8:2::1', 'unreachable', /No route to host/],
    ['2001:db8:3::1', 'prohibit', /Permission denied/],
    ['2001:db8:4::1', 'no route', /unreachable/],
  ])('says that %s cannot be reached: %s', async (address, reason, second) => {
    const { routes } = await network.picture([address]);
    expect(routes.get(address)).toEqual({ kind: 'none', reason });
    await expect(ip(`route get ${address}`).then((said) => Promise.reject(new Error(said)))).rejects.toThrow(
      second,
    );
  });

  test('finds many routes without holding the event loop', async () => {
    const wanted = Array.from({ length: 2000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    const { routes } = await network.picture([...wanted, ...wanted]);
    expect(routes.size).toBe(2000);
    expect(routes.get('10.1.0.77')).toMatchObject({ kind: 'unicast', link: 'eth1', via: null });
  });
});

describe('the machine', () => {
  test('tells settings of its network namespace, and modules', async () => {
    const machine = await createMachineSampler().sample();
    expect(machine.sysctl('net/ipv4/ip_forward')).toBe('1');
    expect(machine.sysctl('net/ipv4/conf/eth1/rp_filter')).toMatch(/^[012]$/);
    expect(machine.module('ip_vs')).toBe('loaded');
    expect(machine.module('ip_vs_ftp')).toBe('available');
    expect(machine.module('ip_vs_twos')).toBe('missing');
  });

  test('sees programs that run', async () => {
    const machine = await createMachineSampler().sample();
    expect(machine.running(['bash', 'keepalived']).every(({ name }) => name === 'bash')).toBe(true);
  });
});

describe('connections', () => {
  test('are those of ipvsadm -Lnc', async () => {
    const director = openKernelDirector();
    await startServers();
    await ipvsadmRestore(`
-A -t ${vip.nat}:80 -s rr -p 60
-a -t ${vip.nat}:80 -r ${inner.rs1}:8080 -m
-A -t [${vip6.nat}]:80 -s rr
-a -t [${vip6.nat}]:80 -r [${inner6.rs1}]:8080 -m`);
    await runLoad({ rate: 10, count: 10, targets: [`${vip.nat}:80`, `[${vip6.nat}]:80`] });
    const { connections, isWhole } = await inTurns(sampleConnections(director, 1000, 1000));
    expect(isWhole).toBe(true);
    const bracket = ({ address, port }: { address: string; port: number }) =>
      address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
    const ours = connections.map(
      ({ protocol, state, client, virtual, realServer }) =>
        `${protocol.toUpperCase()} ${state} ${bracket(client)} ${bracket(virtual)} ${bracket(realServer)}`,
    );
    const second = (await ipvsadm('-Lnc'))
      .trim()
      .split('\n')
      .slice(2)
      .map((line) => line.trim().split(/ +/))
      .map(([protocol, , ...rest]) => [protocol, ...rest].join(' '));
    expect(ours.sort()).toEqual(second.sort());
    expect(connections.filter(({ client }) => client.port === 0)).toHaveLength(1);
    expect(allAtOnce(sampleConnections(director, 3))).toMatchObject({ isWhole: false });
    expect(allAtOnce(sampleConnections(director, 3)).connections).toHaveLength(3);
    director.close();
  });
});

function sorted(items: readonly unknown[]): string[] {
  return items.map((item) => JSON.stringify(item)).sort();
}

/** iproute2 shows loopback's empty link address, lvstop none. */
function withoutZeros<Item extends { readonly mac: unknown }>(item: Item): Item {
  return item.mac === '00:00:00:00:00:00' ? { ...item, mac: null } : item;
}
