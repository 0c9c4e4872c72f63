import { describe, expect, test } from 'vitest';
import { clientBesideRealServer } from '../../../src/doctor/checks/client-beside-real-server.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import { commands, site, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

function find(mode: 'nat' | 'dr', ...groups: Connection[][]) {
  return clientBesideRealServer.find(
    site({ mode, family: 'inet' }, { connections: { connections: groups.flat(), isWhole: true } }),
  );
}

function of(client: string, change: Partial<Connection> = {}): Connection[] {
  const realServer = { address: '10.0.0.21', port: 8080 };
  return connections(2, { realServer, client: { address: client, port: 4711 }, ...change });
}

describe('a client in the subnet of a real server under NAT', () => {
  test('is told of when it waits for its answer, with the way that leads through the director', () => {
    const findings = find('nat', of('10.0.0.99', stuck), of('198.51.100.7'));
    expect(told(findings)).toEqual(['error client-beside-real-server 10.0.0.21:8080 of tcp:203.0.113.10:80']);
    expect(findings[0]!.found).toBe(
      'client 10.0.0.99 is in its subnet 10.0.0.0/24, without an answer (SYN_RECV)',
    );
    expect(commands(findings)).toEqual([
      'sysctl -w net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth1.send_redirects=0',
      'ip route replace 10.0.0.99 via 10.0.0.1',
    ]);
  });

  test('may be the real server itself, for which no route does anything', () => {
    const findings = find('nat', of('10.0.0.21', stuck));
    expect(told(findings)).toEqual(['error client-beside-real-server 10.0.0.21:8080 of tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toContain('10.0.0.21 calls the service, and is sent to itself');
    expect(commands(findings)).toEqual([]);
    expect(commands(find('nat', of('10.0.0.21', stuck), of('10.0.0.99', stuck)))).not.toContain(
      'ip route replace 10.0.0.21 via 10.0.0.1',
    );
  });

  test('is well when it gets answers', () => {
    expect(find('nat', of('10.0.0.99'))).toEqual([]);
    expect(find('nat', of('10.0.0.99', stuck), of('10.0.0.99', { state: 'TIME_WAIT' }))).toEqual([]);
  });

  test('is not the director itself, nor a client from afar', () => {
    expect(find('nat', of('10.0.0.1', stuck), of('198.51.100.7', stuck))).toEqual([]);
  });

  test('does not matter under DR', () => {
    expect(find('dr', connections(6, { ...stuck, client: { address: '10.0.0.99', port: 4711 } }))).toEqual(
      [],
    );
  });

  test('is counted with others, and a few are told one by one', () => {
    const clients = [1, 2, 3, 4, 5, 6].map((number) => of(`10.0.0.9${number}`, stuck));
    const findings = find('nat', ...clients);
    expect(findings[0]!.found).toContain('6 clients are, 10.0.0.91 one of them,');
    expect(commands(findings)).toHaveLength(5);
  });
});
