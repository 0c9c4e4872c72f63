import { describe, expect, it } from 'vitest';
import { type NetworkPicture, questionKey, type Route, routeKey } from '../../../src/forwarding/network.ts';
import { networkFacts } from '../../../src/forwarding/network-facts.ts';
import { requestPacket, takeWalk, walkRoutes } from '../../../src/forwarding/walk/take-walk.ts';
import type { Packet, WalkStep } from '../../../src/forwarding/walk/walk.ts';
import { chooseEndpoints } from '../../../src/forwarding/walk/walk-endpoints.ts';
import { demoNetwork } from '../../../src/host/network/demo-network.ts';
import { createSimulatedNetwork } from '../../../src/host/network/simulated-network.ts';
import { aRealServer, aService } from '../../director/behaviour.ts';
import { type Errand, frames, packets, stations, walked } from './walked.ts';

const client = '198.51.100.7';
const web = { service: 'tcp:203.0.113.10:80', client } as const;

function outerOf(steps: readonly WalkStep[]): Packet['outer'] {
  return steps.find((step): step is Packet => step.kind === 'packet' && step.outer !== null)?.outer ?? null;
}

describe('NAT', () => {
  const nat: Errand = { ...web, realServer: '10.0.0.21:8080', settings: { forwarding: 'nat' } };

  it('rewrites the destination on the way there and the source on the way back', async () => {
    const { request, response, obstacles } = await walked(nat);
    expect(packets(request)).toEqual([
      '198.51.100.7 40000 > 203.0.113.10 80',
      '198.51.100.7 40000 > 203.0.113.10 80',
      '198.51.100.7 40000 > 10.0.0.21 8080',
    ]);
    expect(packets(response)).toEqual([
      '10.0.0.21 8080 > 198.51.100.7 40000',
      '203.0.113.10 80 > 198.51.100.7 40000',
      '203.0.113.10 80 > 198.51.100.7 40000',
    ]);
    expect(stations(request)).toEqual([
      'client 198.51.100.7',
      'router 203.0.113.1',
      'director',
      'real server 10.0.0.21',
    ]);
    expect(stations(response)).toEqual([
      'real server 10.0.0.21',
      'director',
      'router 203.0.113.1',
      'client 198.51.100.7',
    ]);
    expect(obstacles).toEqual([]);
  });

  it('has the frames of both interfaces', async () => {
    const { request, response } = await walked(nat);
    expect(frames(request)).toEqual([
      null,
      '52:54:00:00:71:01 > 52:54:00:a0:00:02',
      '52:54:00:a1:00:02 > 52:54:00:00:00:15',
    ]);
    expect(frames(response)).toEqual([
      '52:54:00:00:00:15 > 52:54:00:a1:00:02',
      '52:54:00:a0:00:02 > 52:54:00:00:71:01',
      null,
    ]);
  });

  it('is seen both ways', async () => {
    const { request, response, sight } = await walked(nat);
    for (const step of [...request, ...response]) if (step.kind === 'packet') expect(step.isSeen).toBe(true);
    expect(sight.join()).toContain('both ways');
  });

  it('says where a client beside the real server breaks it', async () => {
    const { obstacles } = await walked({ ...nat, client: '10.0.0.99' });
    expect(obstacles.map(({ text }) => text)).toEqual([
      'client and real server are both on the link of eth1: the response goes straight to the client, past the director, with the source 10.0.0.21, and is refused, unless the real server has a route to this client through the director, which is not seen from here',
    ]);
  });

  it('says that forwarding is off, and the command that mends it', async () => {
    const { obstacles } = await walked({ ...nat, sysctls: { 'net/ipv4/ip_forward': '0' } });
    expect(obstacles.map(({ command }) => command)).toEqual(['sysctl -w net.ipv4.ip_forward=1']);
  });

  it('has an answer that nobody rewrites where each datagram is a connection of its own', async () => {
    const { response, sight } = await walked({
      ...nat,
      service: 'udp:203.0.113.10:53',
      realServer: '10.0.0.21:53',
      serviceSettings: { onePacket: true },
    });
    expect(packets(response)).toEqual(['10.0.0.21 53 > 198.51.100.7 40000']);
    expect(stations(response)).toEqual(['real server 10.0.0.21', 'client 198.51.100.7']);
    expect(sight.join()).toContain('Requests only');
  });

  it('leads over routers where the real server is behind one', async () => {
    const { request, response } = await walked({ ...nat, realServer: '10.99.0.21:8080' });
    expect(stations(request).slice(-2)).toEqual(['router 10.0.7.254', 'real server 10.99.0.21']);
    expect(stations(response).slice(0, 3)).toEqual([
      'real server 10.99.0.21',
      'router 10.0.7.254',
      'director',
    ]);
    expect(frames(response).slice(0, 2)).toEqual([null, '52:54:00:00:07:fe > 52:54:00:a1:00:02']);
  });
});

describe('DR', () => {
  const dr: Errand = { ...web, realServer: '10.0.1.31:80', settings: { forwarding: 'dr' } };

  it('changes the frame alone, and the response goes past the director', async () => {
    const { request, response, sight } = await walked(dr);
    expect(new Set(packets(request))).toEqual(new Set(['198.51.100.7 40000 > 203.0.113.10 80']));
    expect(frames(request).at(-1)).toBe('52:54:00:a1:00:02 > 52:54:00:00:01:1f');
    expect(packets(response)).toEqual(['203.0.113.10 80 > 198.51.100.7 40000']);
    expect(response.find((step) => step.kind === 'packet')).toMatchObject({ isSeen: false, frame: null });
    expect(sight.join()).toContain('outgoing counters stay 0');
  });

  it('says what is not seen from here: whether the real server has the virtual address', async () => {
    const { request } = await walked(dr);
    const does = request.at(-1);
    expect(does).toMatchObject({ place: 'real server' });
    expect(JSON.stringify(does)).toContain('if it has 203.0.113.10 too, on lo');
    expect(JSON.stringify(does)).toContain('not seen from here');
  });

  it('sees the responses of a real server that is the director itself', async () => {
    const { sight } = await walked({ ...dr, realServer: '10.0.0.2:80' });
    expect(sight).toEqual([
      'Request and response: the real server is the director itself, and its counters count both ways.',
      'By which router the request comes is not seen: drawn is the one that leads back to the client.',
    ]);
  });

  it('does not arrive through a gateway, which goes by the virtual address', async () => {
    const { request, response, obstacles } = await walked({ ...dr, realServer: '10.99.0.31:80' });
    expect(stations(request).at(-1)).toBe('router 10.0.7.254');
    expect(response).toEqual([]);
    expect(obstacles[0]?.command).toContain('lvstop mode');
  });

  it('shows a real server that nobody answers for', async () => {
    const { request, obstacles } = await walked({ ...dr, realServer: '10.0.1.34:80' });
    expect(frames(request).at(-1)).toBe('52:54:00:a1:00:02 > failed');
    expect(obstacles[0]?.text).toContain('10.0.1.34 is FAILED');
  });

  it('keeps the port of the service, whatever the real server is said to have', async () => {
    const { request, obstacles } = await walked({ ...dr, realServer: '10.0.1.31:8080' });
    expect(packets(request).at(-1)).toBe('198.51.100.7 40000 > 203.0.113.10 80');
    expect(obstacles[0]?.text).toContain('does not map ports');
  });
});

describe('TUN', () => {
  const tunnelled = (settings: Errand['settings'], realServer = '10.20.0.11:80'): Errand => ({
    ...web,
    realServer,
    settings: { forwarding: 'tun', ...settings },
  });

  it('puts an outer header around the whole packet', async () => {
    const { request, response } = await walked(tunnelled({}));
    expect(packets(request).slice(-2)).toEqual([
      '10.0.0.2 > 10.20.0.11 [198.51.100.7 40000 > 203.0.113.10 80]',
      '10.0.0.2 > 10.20.0.11 [198.51.100.7 40000 > 203.0.113.10 80]',
    ]);
    expect(packets(response)).toEqual(['203.0.113.10 80 > 198.51.100.7 40000']);
  });

  it.each([
    ['ipip', 'no', '10.20.0.11:80', 20],
    ['gre', 'no', '10.20.0.11:80', 24],
    ['gre', 'yes', '10.20.0.11:80', 28],
    ['gue', 'no', '10.20.0.11:80', 32],
    ['gue', 'remote', '10.20.0.11:80', 40],
    ['ipip', 'no', '[fd00:9::11]:80', 40],
    ['gre', 'no', '[fd00:9::11]:80', 44],
  ] as const)('of %s with checksum %s to %s takes %i bytes', async (type, checksum, realServer, overhead) => {
    const tunnel = { type, port: type === 'gue' ? 6080 : 0, checksum };
    const { request } = await walked(tunnelled({ tunnel }, realServer));
    const mtu = realServer.startsWith('[') ? 9000 : 1600;
    expect(outerOf(request)).toMatchObject({
      overhead,
      room: mtu - overhead,
      segment: mtu - overhead - 40,
    });
  });

  it('leaves less room for a segment of IPv6', async () => {
    const { request } = await walked({
      service: 'tcp:[2001:db8:10::80]:443',
      realServer: '10.20.0.11:443',
      settings: { forwarding: 'tun' },
    });
    expect(outerOf(request)).toMatchObject({ family: 'inet', overhead: 20, room: 1580, segment: 1520 });
  });

  it('says nothing of the room of a tunnel type that it does not know', async () => {
    const tunnel = { type: 'type-9', port: 0, checksum: 'no' } as const;
    const { request } = await walked(tunnelled({ tunnel }));
    expect(outerOf(request)).toMatchObject({ overhead: null, room: null, segment: null });
  });
});

describe('what is elsewhere or nowhere', () => {
  it('ends at the director without a route to the real server', async () => {
    const { request, response, obstacles, sight } = await walked({ ...web, realServer: '192.168.1.1:80' });
    expect(stations(request).at(-1)).toBe('director');
    expect(response).toEqual([]);
    expect(obstacles[0]?.text).toContain('192.168.1.1');
    expect(sight).toEqual([
      'The request, which ends here.',
      'By which router the request comes is not seen: drawn is the one that leads back to the client.',
    ]);
  });

  it('stays on the director where the real server is itself', async () => {
    const { request, response } = await walked({ ...web, realServer: '10.0.0.2:80' });
    expect(stations(request)).toEqual(['client 198.51.100.7', 'router 203.0.113.1', 'director']);
    expect(stations(response)).toEqual(['director', 'router 203.0.113.1', 'client 198.51.100.7']);
    expect(packets(response)[0]).toBe('203.0.113.10 80 > 198.51.100.7 40000');
  });

  it('rewrites for a local real server under NAT, too', async () => {
    const walk = await walked({ ...web, realServer: '10.0.0.2:8080', settings: { forwarding: 'nat' } });
    const director = walk.request.at(-1);
    expect(director).toMatchObject({ kind: 'station', place: 'director' });
    expect(JSON.stringify(director)).toContain('10.0.0.2:8080');
    expect(walk.sight.join()).toContain('both ways');
  });

  it('ends at the director where NAT would lead to a loopback address', async () => {
    const nat = { ...web, realServer: '127.0.0.1:8080', settings: { forwarding: 'nat' } } as const;
    const { request, response } = await walked(nat);
    expect(JSON.stringify(request.at(-1))).toContain('hands nothing that comes from outside to 127.0.0.1');
    expect(response).toEqual([]);
  });

  it('says that a virtual address is none of the director', async () => {
    const walk = await walked({ ...web, service: 'tcp:203.0.113.99:80', realServer: '10.0.1.31:80' });
    expect(walk.obstacles.map(({ command }) => command)).toEqual(['ip address add 203.0.113.99/32 dev eth0']);
    expect(JSON.stringify(walk.request)).toContain('IPVS never sees');
  });

  it('has no router where the client is on link', async () => {
    const { request } = await walked({ ...web, client: '203.0.113.200', realServer: '10.0.1.31:80' });
    expect(stations(request)).toEqual(['client 203.0.113.200', 'director', 'real server 10.0.1.31']);
  });

  it('goes on where nothing is known of the network', async () => {
    const { request, obstacles } = await walked({
      ...web,
      realServer: '10.0.1.31:80',
      plan: { ...demoNetwork, links: [], addresses: [], routes: [] },
    });
    expect(stations(request)).toEqual(['client 198.51.100.7', 'director']);
    expect(obstacles.length).toBeGreaterThan(0);
  });
});

describe('routes that go by more than the destination', () => {
  const service = aService('tcp:203.0.113.10:80', { scheduler: 'wlc' });
  const realServer = aRealServer('10.0.0.21:8080', { forwarding: 'nat' });
  const endpoints = chooseEndpoints({
    service: service.identity,
    realServer: realServer.identity,
    services: [service.identity],
    connections: { connections: [], isWhole: true },
    client: '198.51.100.7',
  });

  /** A walk on which the kernel gives other ways to packets with the virtual address, and to those that come in. */
  async function walkedBy(changes: Partial<NetworkPicture>, incoming?: Route) {
    const picture = await createSimulatedNetwork().picture(walkRoutes({ service, realServer, endpoints }));
    const facts = networkFacts({ ...picture, ...changes }, () => undefined);
    const request = requestPacket({ service, endpoints }, facts);
    if (request === undefined) throw new Error('no request');
    const routes = new Map([...facts.routes, ...(incoming ? [[routeKey(request), incoming] as const] : [])]);
    const network = networkFacts({ ...picture, ...changes, routes }, () => undefined);
    return takeWalk({ service, realServer, endpoints, network, request });
  }

  it('take the response by the link that its source is led to', async () => {
    const [, , , response] = walkRoutes({ service, realServer, endpoints });
    const picture = await createSimulatedNetwork().picture(walkRoutes({ service, realServer, endpoints }));
    const way: Route = { kind: 'unicast', link: 'eth1', via: '10.0.7.254', source: null, mtu: 1500 };
    const routes = new Map([...picture.routes, [questionKey(response ?? ''), way] as const]);
    const walk = await walkedBy({ routes });
    const last = walk.response
      .filter((step) => step.kind === 'packet')
      .find(({ source }) => source.port === 80);
    expect(last).toMatchObject({ link: 'eth1' });
  });

  it('may refuse the request for its source', async () => {
    const { request } = await walkedBy({}, { kind: 'none', reason: 'reverse path filter' });
    expect(JSON.stringify(request)).toContain('drops it for its source (reverse path filter)');
  });

  it('bring a request to the interface that has the virtual address', async () => {
    const picture = await createSimulatedNetwork().picture([]);
    const links = [
      ...picture.links,
      { ...picture.links[1]!, name: 'vrrp.1', index: 9, kind: 'macvlan', mac: '00:00:5e:00:01:01' },
    ];
    const addresses = picture.addresses.map((own) =>
      own.address === '203.0.113.10' ? { ...own, link: 'vrrp.1' } : own,
    );
    const { request } = await walkedBy({ links, addresses });
    expect(frames(request)[1]).toMatch(/ > 00:00:5e:00:01:01$/);
  });
});
