import { describe, expect, it } from 'vitest';
import { ServiceTable } from '../../../../src/director/simulated/kernel/service-table.ts';
import { SimulatedService } from '../../../../src/director/simulated/kernel/simulated-service.ts';
import { aService } from '../../behaviour.ts';

function tableOf(salt: number, ...identities: string[]): ServiceTable {
  const table = new ServiceTable(salt);
  for (const identity of identities) table.add(new SimulatedService(aService(identity), undefined));
  return table;
}

function names(table: ServiceTable): string[] {
  return table.ordered.map(({ key }) => key);
}

describe('the table of services', () => {
  it("is in the order of the kernel's hash, marks last", () => {
    // Protocol, last byte of the address, and port with its upper byte folded in, all exclusive-or:
    // 6 ^ 10 ^ 80 = 92; 17 ^ 10 ^ 53 = 46; 6 ^ 10 ^ (443 ^ 1) & 255 = 6 ^ 10 ^ 186 = 182.
    const table = tableOf(
      0,
      'fwm:7',
      'tcp:203.0.113.10:443',
      'fwm6:3',
      'tcp:203.0.113.10:80',
      'udp:203.0.113.10:53',
    );
    expect(names(table)).toEqual([
      'udp:203.0.113.10:53',
      'tcp:203.0.113.10:80',
      'tcp:203.0.113.10:443',
      'fwm6:3',
      'fwm:7',
    ]);
  });

  it('has another order in another network namespace', () => {
    const identities = ['tcp:203.0.113.10:80', 'udp:203.0.113.10:53', 'tcp:203.0.113.10:443'];
    expect(names(tableOf(0xff, ...identities))).toEqual([...names(tableOf(0, ...identities))].reverse());
  });

  it('has the newest first where hashes are equal', () => {
    // The hash keeps nothing of an address but its last byte.
    const table = tableOf(0, 'tcp:203.0.113.10:80', 'tcp:198.51.100.10:80', 'tcp:192.0.2.10:80');
    expect(names(table)).toEqual(['tcp:192.0.2.10:80', 'tcp:198.51.100.10:80', 'tcp:203.0.113.10:80']);
  });

  it('finds and forgets', () => {
    const table = tableOf(0, 'tcp:[2001:db8::80]:443', 'fwm:7');
    const found = table.find(aService('tcp:[2001:db8::80]:443').identity);
    expect(found?.key).toBe('tcp:[2001:db8::80]:443');
    table.remove(found!);
    expect(names(table)).toEqual(['fwm:7']);
    expect(table.find(aService('tcp:[2001:db8::80]:443').identity)).toBeUndefined();
  });
});
