import { expect, test } from 'vitest';
import { onePacketNat as check } from '../../../src/doctor/checks/one-packet-nat.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, told } from '../evidence.ts';

const name = 'udp:203.0.113.10:53';

test.each([
  ['nat', true, 1],
  ['dr', true, 0],
  ['nat', false, 0],
] as const)('one-packet scheduling under %s: %s', (forwarding, onePacket, count) => {
  const services = [service(name, { onePacket }, [real('10.0.0.21:53', { forwarding })])];
  const findings = check.find(site({ mode: 'nat', family: 'inet' }, { services }));
  expect(told(findings)).toEqual(count === 0 ? [] : [`error one-packet-nat 10.0.0.21:53 of ${name}`]);
  expect(commands(findings)).toEqual(count === 0 ? [] : [`lvstop edit service ${name} --no-one-packet`]);
});

test('TCP is not scheduled by the packet, whatever the flag says', () => {
  const services = [
    service('tcp:203.0.113.10:80', { onePacket: true }, [real('10.0.0.21:80', { forwarding: 'nat' })]),
  ];
  expect(check.find(site({ mode: 'nat', family: 'inet' }, { services }))).toEqual([]);
});

test('a firewall mark may carry TCP beside it, so that it is warned of', () => {
  const services = [service('fwm:7', { onePacket: true }, [real('10.0.0.21:53', { forwarding: 'nat' })])];
  expect(told(check.find(site({ mode: 'nat', family: 'inet' }, { services })))).toEqual([
    'warning one-packet-nat 10.0.0.21:53 of fwm:7',
  ]);
});
