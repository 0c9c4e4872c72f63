import { expect, test } from 'vitest';
import { type FirewallTable, noFirewall } from '../../../src/forwarding/firewall/firewall.ts';
import { markedAddresses, markedEndpoints } from '../../../src/forwarding/firewall/marking-rules.ts';
import { rule } from '../../doctor/firewall.ts';

const marked = (address: string, prefixLength: number) =>
  rule({
    destination: { address, prefixLength, isInverted: false },
    protocol: { number: 6, isInverted: false },
    matches: [{ kind: 'ports', side: 'destination', ranges: [[80, 89]], isInverted: false }],
    target: { kind: 'mark', mark: 7, mask: 0xffffffff },
  });

test('of a table of both families a mark stands for the addresses of its own', () => {
  const rules = [marked('203.0.113.10', 32), marked('2001:db8::10', 128), marked('2001:db8::', 32)];
  const table: FirewallTable = {
    tool: 'nftables',
    family: 'both',
    name: 'marks',
    chains: new Map([
      ['all', { base: { point: 'prerouting', priority: -150, isNat: false }, rules, policy: 'accept' }],
    ]),
  };
  const firewall = { ...noFirewall, tables: [table] };
  expect(markedEndpoints(firewall, { kind: 'fwmark', family: 'inet', fwmark: 7 })).toEqual([
    { protocol: 'tcp', virtual: { address: '203.0.113.10', port: 80 } },
  ]);
  expect(markedAddresses(firewall, { kind: 'fwmark', family: 'inet6', fwmark: 7 })).toEqual(['2001:db8::10']);
});
