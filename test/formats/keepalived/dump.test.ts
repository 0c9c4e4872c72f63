import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCheckDump, readVrrpDump } from '../../../src/formats/keepalived/dump.ts';

// Written by Debian's keepalived 2.2.7 on SIGUSR1.
const checks = readFileSync(join(import.meta.dirname, 'check-dump.txt'), 'utf8');
const vrrp = `------< VRRP Topology >------
 VRRP Instance = outside
   VRRP Version = 2
   State = MASTER
   Last transition = 1796105823.686979 (Tue Dec  1 06:17:03.686979 2026)
   Interface = veth-a
 VRRP Instance = other
   VRRP Version = 2
   State = BACKUP
   Master router = 10.9.0.2
   Master priority = 100
   Last transition = 1796105825.046308 (Tue Dec  1 06:17:05.046308 2026)
------< VRRP Sync groups >------
 VRRP Sync Group = pair, MASTER
   State = FAULT
`;

test('a dump of checks tells of each real server whether it is up, and its weight', () => {
  const service = 'tcp [10.9.0.100]:80';
  expect(readCheckDump(checks)).toEqual([
    { kind: 'quorum', service, isLost: false },
    { kind: 'real server', service, realServer: '[10.1.0.21]:8080', state: 'up' },
    { kind: 'weight', service, realServer: '[10.1.0.21]:8080', weight: 3 },
    { kind: 'real server', service, realServer: '[10.1.0.22]:8080', state: 'inhibited' },
    { kind: 'weight', service, realServer: '[10.1.0.22]:8080', weight: 2 },
    { kind: 'real server', service, realServer: '[10.1.0.23]:8080', state: 'up' },
    { kind: 'weight', service, realServer: '[10.1.0.23]:8080', weight: 2 },
  ]);
});

test('firewall marks and groups have names of their own', () => {
  const lines = (head: string) =>
    `------< LVS Topology >------\n ------< Virtual server >------\n ${head}\n   quorum_state_up = 0\n`;
  expect(readCheckDump(lines('VS FWMARK = 7'))).toEqual([
    { kind: 'quorum', service: 'fwmark 7', isLost: true },
  ]);
  expect(readCheckDump(lines('VS GROUP = [shop]:0'))).toEqual([
    { kind: 'quorum', service: 'group shop', isLost: true },
  ]);
});

test('a dump of VRRP tells state, since when, and who is master', () => {
  expect(readVrrpDump(vrrp)).toEqual({
    sayings: [
      { kind: 'vrrp', instance: 'outside', state: 'MASTER', master: null },
      { kind: 'vrrp', instance: 'other', state: 'BACKUP', master: '10.9.0.2' },
    ],
    transitions: new Map([
      ['outside', 1796105823686.979],
      ['other', 1796105825046.308],
    ]),
  });
});
