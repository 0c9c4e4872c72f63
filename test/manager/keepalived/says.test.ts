import { expect, test } from 'vitest';
import type { DatedSaying } from '../../../src/formats/keepalived/saying.ts';
import { type Asked, keepalivedSays } from '../../../src/manager/keepalived/says.ts';
import { readManagedConfiguration } from '../../../src/manager/managed-configuration.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { keepalivedWith } from '../configured.ts';

const text = `virtual_server_group shop {
  192.0.2.10-11 80
}
virtual_server group shop {
  lb_kind NAT
  protocol TCP
  real_server 10.0.0.21 80 {
  }
}
virtual_server 192.0.2.20 80 {
  lb_kind DR
  protocol TCP
  real_server 10.0.0.22 8080 {
  }
}
`;

function said(logged: readonly DatedSaying[], asked: Asked | null = null) {
  const managed = readManagedConfiguration(keepalivedWith(text));
  const { realServers, instances } = allAtOnce(keepalivedSays(managed, logged, asked));
  return { realServers: Object.fromEntries(realServers), instances: Object.fromEntries(instances) };
}

const failed = { kind: 'check failed', realServer: '[10.0.0.21]:80', check: 'TCP_CHECK', time: 5 } as const;
const removed = {
  kind: 'real server',
  service: 'group shop',
  realServer: '[10.0.0.21]:80',
  state: 'down',
  time: 7,
} as const;

test('what is said of a group is said of each of its services, by the check that failed before', () => {
  const down = { state: 'down', since: 7, check: 'TCP_CHECK', weight: null };
  expect(said([failed, removed]).realServers).toEqual({
    'tcp:192.0.2.10:80 10.0.0.21:80': down,
    'tcp:192.0.2.11:80 10.0.0.21:80': down,
  });
});

test('under DR the log has the port of the configuration, the table the service’s', () => {
  const log = { ...removed, service: 'tcp [192.0.2.20]:80', realServer: '[10.0.0.22]:8080' };
  expect(Object.keys(said([log]).realServers)).toEqual(['tcp:192.0.2.20:80 10.0.0.22:80']);
});

test('asking tells what is so now; since when stays where the log has told the same', () => {
  const { time: _, ...now } = removed;
  const asked = { time: 99, sayings: [now], transitions: new Map() };
  const key = 'tcp:192.0.2.10:80 10.0.0.21:80';
  expect(said([failed, removed], asked).realServers[key]).toMatchObject({ state: 'down', since: 7 });
  const up = { ...asked, sayings: [{ ...now, state: 'up' }] } as const;
  expect(said([failed, removed], up).realServers[key]).toMatchObject({ state: 'up', since: null });
});

test('an instance is in its last state, and asking has when it came there', () => {
  const vrrp = { kind: 'vrrp', instance: 'outside', state: 'MASTER', master: null } as const;
  expect(
    said([
      { ...vrrp, state: 'BACKUP', time: 1 },
      { ...vrrp, time: 2 },
    ]).instances,
  ).toEqual({
    outside: { state: 'MASTER', since: 2, master: null },
  });
  const asked = { time: 9, sayings: [vrrp], transitions: new Map([['outside', 3]]) };
  expect(said([], asked).instances).toEqual({ outside: { state: 'MASTER', since: 3, master: null } });
});
