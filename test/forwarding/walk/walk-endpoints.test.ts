import { describe, expect, it } from 'vitest';
import {
  chooseEndpoints,
  type EndpointChoice,
  likeliestRealServer,
} from '../../../src/forwarding/walk/walk-endpoints.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { aRealServer } from '../../director/behaviour.ts';

function connection(port: number, change: Partial<Connection> = {}): Connection {
  return {
    protocol: 'tcp',
    client: { address: '198.51.100.7', port },
    virtual: { address: '203.0.113.10', port: 80 },
    realServer: { address: '10.0.0.21', port: 8080 },
    state: 'ESTABLISHED',
    expires: 900,
    ...change,
  };
}

function choice(service: string, connections: readonly Connection[], change: Partial<EndpointChoice> = {}) {
  return chooseEndpoints({
    service: parseService(service),
    realServer: parseRealServer('10.0.0.21:8080'),
    services: [parseService(service)],
    connections: { connections, isWhole: true },
    ...change,
  });
}

const web = 'tcp:203.0.113.10:80';
const elsewhere = { realServer: { address: '10.0.0.22', port: 8080 } };

describe('the client of a walk', () => {
  it('has a connection to the real server, best an established one', () => {
    const found = choice(web, [
      connection(1, { state: 'TIME_WAIT' }),
      connection(2, elsewhere),
      connection(3),
      connection(4, { virtual: { address: '203.0.113.10', port: 443 } }),
      connection(0, { state: 'NONE' }),
    ]);
    expect(found.client.port).toBe(3);
    expect(found.origin).toEqual({ kind: 'connection', state: 'ESTABLISHED', isOfRealServer: true });
  });

  it('has one to another real server where there is no better', () => {
    expect(choice(web, [connection(2, elsewhere)]).origin).toMatchObject({ isOfRealServer: false });
  });

  it('stays the same from look to look while its connection lasts', () => {
    const former = choice(web, [connection(5)]);
    expect(choice(web, [connection(4), connection(5), connection(6)], { former }).client.port).toBe(5);
    expect(choice(web, [connection(4)], { former }).client.port).toBe(4);
  });

  it('is an example where there is no connection', () => {
    expect(choice(web, [])).toMatchObject({
      client: { address: '192.0.2.44' },
      virtual: { address: '203.0.113.10', port: 80 },
      origin: { kind: 'example' },
      isVirtualExample: false,
    });
    expect(choice('tcp:192.0.2.10:80', []).client.address).toBe('198.51.100.44');
    expect(choice('tcp:[2001:db8::1]:80', []).client.address).toBe('2001:db8:ffff::44');
  });

  it('can be named, and then has its connection or none', () => {
    expect(choice(web, [connection(3)], { client: '198.51.100.7' }).origin.kind).toBe('connection');
    expect(choice(web, [connection(3)], { client: '198.51.100.8' })).toMatchObject({
      client: { address: '198.51.100.8' },
      origin: { kind: 'given' },
    });
    expect(() => choice(web, [], { client: '2001:db8::1' })).toThrow(/the service is IPv4/);
    expect(() => choice(web, [], { client: 'nobody' })).toThrow(/no IP address/);
  });

  it('of a firewall mark calls what the mark stands for, as far as connections tell', () => {
    const marked = connection(7, { virtual: { address: '203.0.113.77', port: 8443 } });
    const known = { services: [parseService('fwm:7'), parseService(web)] };
    expect(choice('fwm:7', [connection(3), marked], known)).toMatchObject({
      virtual: { address: '203.0.113.77', port: 8443 },
      isVirtualExample: false,
    });
    expect(choice('fwm:7', [connection(3)], known)).toMatchObject({
      virtual: { port: 8080 },
      isVirtualExample: true,
    });
    expect(choice('fwm6:7', [marked], { services: [parseService('fwm6:7')] }).origin.kind).toBe('example');
  });

  it('of a service of every port calls one of them', () => {
    const every = 'tcp:203.0.113.10:0';
    expect(choice(every, [connection(3)]).virtual.port).toBe(80);
    expect(choice(every, [], { realServer: parseRealServer('10.0.0.21:0') })).toMatchObject({
      virtual: { address: '203.0.113.10', port: 80 },
      isVirtualExample: true,
    });
  });
});

it('the likeliest real server has the greatest weight, and of those is the first', () => {
  const servers = [
    aRealServer('10.0.0.9:80', { weight: 1 }),
    aRealServer('10.0.0.22:80', { weight: 4 }),
    aRealServer('10.0.0.21:80', { weight: 4 }),
  ];
  expect(likeliestRealServer(servers)).toBe(servers[2]);
  expect(likeliestRealServer([])).toBeUndefined();
});
