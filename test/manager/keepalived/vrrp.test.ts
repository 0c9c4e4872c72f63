import { expect, test } from 'vitest';
import { standbyAddresses, standingInstances } from '../../../src/manager/keepalived/vrrp.ts';
import { readManagedConfiguration } from '../../../src/manager/managed-configuration.ts';
import { keepalivedWith } from '../configured.ts';

const instance = (name: string, ...addresses: readonly string[]) =>
  [
    `vrrp_instance ${name} {`,
    'interface eth0',
    'virtual_router_id 51',
    'virtual_ipaddress {',
    ...addresses,
    '}',
    '}',
  ].join('\n');

test('an instance is master or backup by the addresses that the machine holds', () => {
  const text = [
    instance('one', '192.0.2.1/32 dev eth0', '2001:db8:0::1/128'),
    instance('two', '192.0.2.2'),
    instance('three', '192.0.2.3', '192.0.2.4 label eth0:1'),
    instance('four'),
  ].join('\n');
  const managed = readManagedConfiguration(keepalivedWith(`${text}\n`));
  const instances = standingInstances(managed, { held: new Set(['192.0.2.1', '2001:db8::1', '192.0.2.4']) });
  expect(instances.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'one master',
    'two backup',
    'three partly',
    'four unknown',
  ]);
  expect([...standbyAddresses(instances)]).toEqual(['192.0.2.2']);
});
