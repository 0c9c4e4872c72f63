import { expect, test } from 'vitest';
import { pmtuDiscOff } from '../../../src/doctor/checks/pmtu-disc-off.ts';
import { commands, site, siteKinds, told } from '../evidence.ts';

test.each(siteKinds)('pmtu_disc=0 matters under TUN and IPv4 only: $mode, $family', (kind) => {
  const findings = pmtuDiscOff.find(site(kind, { sysctls: { 'net/ipv4/vs/pmtu_disc': '0' } }));
  const matters = kind.mode === 'tun' && kind.family === 'inet';
  expect(told(findings)).toEqual(matters ? ['hint pmtu-disc-off director'] : []);
  // Uploads would hang by it where ICMP does not reach the clients.
  expect(commands(findings)).toEqual([]);
});
