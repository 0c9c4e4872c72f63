import { expect, test } from 'vitest';
import { readLogMessage } from '../../../src/formats/keepalived/log-message.ts';

test.each([
  [
    'Removing service [10.1.0.21]:tcp:8080 from VS [10.9.0.100]:tcp:80',
    {
      kind: 'real server',
      service: 'tcp [10.9.0.100]:80',
      realServer: '[10.1.0.21]:8080',
      state: 'down',
    },
  ],
  [
    'Adding service [fd00:0::21]:udp:53 to VS [fd00::100]:udp:53',
    { kind: 'real server', service: 'udp [fd00::100]:53', realServer: '[fd00::21]:53', state: 'up' },
  ],
  [
    'Disabling service [10.1.0.22]:none:80 of VS FWM 7',
    { kind: 'real server', service: 'fwmark 7', realServer: '[10.1.0.22]:80', state: 'inhibited' },
  ],
  [
    'Enabling service [10.1.0.22]:tcp:80 of VS [shop]:0',
    { kind: 'real server', service: 'group shop', realServer: '[10.1.0.22]:80', state: 'up' },
  ],
  [
    'Changing weight from 3 to 0 for active service [10.1.0.22]:tcp:80 of VS [10.9.0.100]:tcp:80',
    { kind: 'weight', service: 'tcp [10.9.0.100]:80', realServer: '[10.1.0.22]:80', weight: 0 },
  ],
  [
    'TCP_CHECK on service [10.1.0.21]:tcp:8080 failed after 3 retries.',
    { kind: 'check failed', realServer: '[10.1.0.21]:8080', check: 'TCP_CHECK' },
  ],
  [
    'HTTP_CHECK on service [10.1.0.21]:tcp:8080 failed.',
    { kind: 'check failed', realServer: '[10.1.0.21]:8080', check: 'HTTP_GET' },
  ],
  [
    'Misc check for [[10.1.0.21]:tcp:8080 VS [10.9.0.100]:tcp:80] by [/bin/look "a"] failed (exited with status 1).',
    { kind: 'check failed', realServer: '[10.1.0.21]:8080', check: 'MISC_CHECK' },
  ],
  [
    'Lost quorum 2-0=2 > 1 for VS [10.9.0.100]:tcp:80',
    { kind: 'quorum', service: 'tcp [10.9.0.100]:80', isLost: true },
  ],
  [
    'Gained quorum 1+0=1 <= 7 for VS [10.9.0.100]:tcp:80',
    { kind: 'quorum', service: 'tcp [10.9.0.100]:80', isLost: false },
  ],
  [
    '(outside) Entering BACKUP STATE (init)',
    { kind: 'vrrp', instance: 'outside', state: 'BACKUP', master: null },
  ],
  [
    '(outside): entering FAULT state (src address not configured)',
    { kind: 'vrrp', instance: 'outside', state: 'FAULT', master: null },
  ],
])('%s', (text, saying) => expect(readLogMessage(text)).toEqual(saying));

test.each([
  '(outside) setting VIPs.',
  'Sending gratuitous ARP on eth0 for 10.9.0.100',
  '',
  'Removing Virtual Server',
])('nothing of objects: %s', (text) => expect(readLogMessage(text)).toBeUndefined());
