import { describe, expect, test } from 'vitest';
import { orphanedConnections as check } from '../../../src/doctor/checks/orphaned-connections.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

function connection(realServer: string, state = 'ESTABLISHED'): Connection {
  return {
    protocol: 'tcp',
    client: { address: '198.51.100.7', port: 40000 },
    virtual: { address: '203.0.113.10', port: 80 },
    realServer: { address: realServer, port: 8080 },
    state,
    expires: 100,
  };
}

const connections = {
  connections: [connection('10.0.0.21'), connection('10.0.0.99'), connection('10.0.0.99')],
  isWhole: true,
};

describe('connections to a real server that is gone', () => {
  test('are dropped without a word', () => {
    const findings = check.find(site(kind, { connections }));
    expect(told(findings)).toEqual(['warning orphaned-connections tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toContain('2 connections lead to 10.0.0.99:8080');
    expect(commands(findings)).toEqual(['sysctl -w net.ipv4.vs.expire_nodest_conn=1']);
  });

  test('are told where another program on the same machine stays', () => {
    const moved = {
      connections: [{ ...connection('10.0.0.21'), realServer: { address: '10.0.0.21', port: 8081 } }],
      isWhole: true,
    };
    const findings = check.find(site(kind, { connections: moved }));
    expect(findings[0]?.found).toContain('1 connection leads to 10.0.0.21:8081');
  });

  test('are told of a service of every port', () => {
    const services = [service('tcp:203.0.113.10:0', {}, [real('10.0.0.21:0', { forwarding: 'dr' })])];
    const findings = check.find(site({ ...kind, mode: 'dr' }, { services, connections }));
    expect(told(findings)).toEqual(['warning orphaned-connections tcp:203.0.113.10:0']);
    expect(findings[0]?.found).toContain('2 connections lead to 10.0.0.99:8080');
  });

  test('are not those of a service of their own port', () => {
    const services = [
      service('tcp:203.0.113.10:0', {}, [real('10.0.0.21:0', { forwarding: 'dr' })]),
      service('tcp:203.0.113.10:80', {}, [real('10.0.0.99:8080', {}), real('10.0.0.21:8080', {})]),
    ];
    expect(check.find(site(kind, { services, connections }))).toEqual([]);
  });

  test('are not those that may have come by a firewall mark', () => {
    const own = service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:8080', {})]);
    const marked = (realServer: string) => service('fwm:7', {}, [real(realServer, { forwarding: 'nat' })]);
    const find = (realServer: string) =>
      check.find(site(kind, { services: [own, marked(realServer)], connections }));
    expect(find('10.0.0.99:0')).toEqual([]);
    expect(find('10.0.0.99:8080')).toEqual([]);
    expect(find('10.0.0.98:0')).toHaveLength(1);
  });

  test('end where the kernel ends them', () => {
    expect(
      check.find(site(kind, { connections, sysctls: { 'net/ipv4/vs/expire_nodest_conn': '1' } })),
    ).toEqual([]);
  });

  test.each(['NONE', 'ASSURED'])('are no templates of persistence (%s)', (state) => {
    const template = { ...connection('10.0.0.99', state), client: { address: '198.51.100.7', port: 0 } };
    expect(check.find(site(kind, { connections: { connections: [template], isWhole: true } }))).toEqual([]);
  });

  test.each(['FIN_WAIT', 'TIME_WAIT', 'CLOSE'])('are none in state %s', (state) => {
    const over = { connections: [connection('10.0.0.99', state)], isWhole: true };
    expect(check.find(site(kind, { connections: over }))).toEqual([]);
  });
});
