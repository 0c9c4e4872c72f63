import { describe, expect, it } from 'vitest';
import { ConnectionCount, type Grouping } from '../../src/clients/connection-count.ts';
import { connectionFilter } from '../../src/clients/connection-filter.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { connection, contextOf } from './connections.ts';

const client = (address: string, port = 40_000) => ({ client: { address, port } });
const template = { state: 'NONE', client: { address: '198.18.0.0', port: 0 } };

const context = contextOf(
  [
    connection(client('198.18.0.1')),
    connection({ ...client('198.18.0.1', 40_001), expires: 100 }),
    connection({ ...client('198.18.0.2'), state: 'SYN_RECV', expires: 50 }),
    connection({ ...client('198.18.1.3'), state: 'TIME_WAIT', expires: 90 }),
    connection({ ...client('2001:2::1'), realServer: { address: '10.0.0.99', port: 8080 } }),
    connection({ ...template, realServer: { address: '10.0.0.22', port: 8080 } }),
    connection({
      ...client('198.18.0.9'),
      virtual: { address: '203.0.113.64', port: 8443 },
      realServer: { address: '10.0.0.41', port: 8443 },
    }),
  ],
  [connection(client('198.18.7.7'))],
);

function counted(by: Grouping, filter = '') {
  const reading = connectionFilter(filter);
  const count = new ConnectionCount(context, by, reading.kind === 'filter' ? reading.filter : null);
  allAtOnce(count.take());
  const groups = allAtOnce(count.ranked('connections', false, 10));
  return { count, names: groups.map(({ name, connections }) => `${name} ${connections}`), groups };
}

describe('a count of connections', () => {
  it('sums up what matters of all', () => {
    expect(counted('state').count.summary).toEqual({
      connections: 7,
      active: 5,
      halfOpen: 1,
      idle: 1,
      synced: 1,
      templates: 1,
      drainedTemplates: 1,
      orphaned: 1,
    });
  });

  it.each([
    { by: 'client', first: '198.18.0.1 2', size: 6 },
    { by: 'network', first: '198.18.0.0/24 4', size: 4 },
    { by: 'service', first: 'tcp:203.0.113.10:80 6', size: 2 },
    { by: 'real', first: 'tcp:203.0.113.10:80 10.0.0.21:8080 5', size: 3 },
    { by: 'state', first: 'ESTABLISHED 5', size: 3 },
    { by: 'idle', first: 'under 10 s 4', size: 3 },
    { by: 'origin', first: 'local 6', size: 2 },
  ] as const)('groups by $by, who has most first', ({ by, first, size }) => {
    const { count, names } = counted(by);
    expect(names[0]).toBe(first);
    expect(count.size).toBe(size);
  });

  it('finds a firewall mark by its real server', () => {
    expect(counted('service').names[1]).toBe('fwm:7 1');
  });

  it('names networks of IPv6, too', () => {
    expect(counted('network').names).toContain('2001:2::/64 1');
  });

  it.each([
    { filter: '198.18.0.0/24', connections: 4 },
    { filter: 'state:syn', connections: 1 },
    { filter: 'idle>600', connections: 1 },
    { filter: 'real:10.0.0.21 and !state:time_wait', connections: 4 },
    { filter: 'origin:sync', connections: 1 },
    { filter: 'weight=1 and port=40001', connections: 1 },
    { filter: 'service:fwm', connections: 1 },
  ])('counts only what the filter $filter lets through', ({ filter, connections }) => {
    expect(counted('client', filter).count.summary.connections).toBe(connections);
  });

  it('tells who has most half-open ones, and which rows are templates', () => {
    const { count } = counted('state');
    expect(count.halfOpenMost()).toEqual({ client: '198.18.0.2', count: 1, clients: 1 });
    expect(count.templates).toEqual([5]);
  });

  it('goes on where it was when more have been read', () => {
    const more = contextOf([connection()]);
    const count = new ConnectionCount(more, 'client');
    allAtOnce(count.take());
    more.table.addConnection(connection());
    allAtOnce(count.take());
    expect(count.summary.connections).toBe(2);
  });

  it('ranks by any number, and names in their order', () => {
    const { count } = counted('client');
    expect(allAtOnce(count.ranked('halfOpen', false, 1))[0]?.name).toBe('198.18.0.2');
    expect(allAtOnce(count.ranked('name', false, 2)).map(({ name }) => name)).toEqual([
      '198.18.0.1',
      '198.18.0.2',
    ]);
  });
});
