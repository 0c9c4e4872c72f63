import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareRealServers, compareServices } from '../../src/ipvs/identity.ts';
import { realServerOrderKey, serviceOrderKey } from '../../src/sampling/order-key.ts';
import { realServerIdentity, serviceIdentity } from '../netlink/arbitraries.ts';

const compareTexts = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);

test('services sort by their key as they sort by themselves', () => {
  fc.assert(
    fc.property(serviceIdentity, serviceIdentity, (left, right) => {
      expect(compareTexts(serviceOrderKey(left), serviceOrderKey(right))).toBe(
        Math.sign(compareServices(left, right)),
      );
    }),
    { numRuns: 500 },
  );
});

test('so do real servers', () => {
  fc.assert(
    fc.property(realServerIdentity, realServerIdentity, (left, right) => {
      expect(compareTexts(realServerOrderKey(left), realServerOrderKey(right))).toBe(
        Math.sign(compareRealServers(left, right)),
      );
    }),
    { numRuns: 500 },
  );
});

test('services that differ in one thing only sort apart', () => {
  const tcp = { kind: 'address', family: 'inet', protocol: 'tcp', address: '10.0.0.9', port: 80 } as const;
  const inOrder = [
    tcp,
    { ...tcp, protocol: 'udp' } as const,
    { ...tcp, port: 443 },
    { ...tcp, address: '10.0.0.10' },
    { ...tcp, family: 'inet6', address: '::1' } as const,
    { kind: 'fwmark', family: 'inet', fwmark: 9 } as const,
    { kind: 'fwmark', family: 'inet', fwmark: 10 } as const,
    { kind: 'fwmark', family: 'inet6', fwmark: 1 } as const,
  ];
  const keys = inOrder.map(serviceOrderKey);
  expect(keys.toSorted()).toEqual(keys);
  expect(inOrder.toSorted(compareServices)).toEqual(inOrder);
});
