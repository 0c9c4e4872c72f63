import { expect, test } from 'vitest';
import { ruleText } from '../../../src/forwarding/firewall/rule-text.ts';
import { rule } from '../../doctor/firewall.ts';

test.each([
  [rule({}), '-j DROP'],
  [
    rule({
      inLink: { name: 'eth', isBeginning: true, isInverted: false },
      source: { address: '10.0.0.0', prefixLength: 8, isInverted: true },
      protocol: { number: 6, isInverted: false },
      matches: [
        {
          kind: 'ports',
          side: 'destination',
          ranges: [
            [80, 80],
            [8000, 8080],
          ],
          isInverted: false,
        },
      ],
      target: { kind: 'jump', chain: 'WEB', comesBack: true },
    }),
    '-i eth+ ! -s 10.0.0.0/8 -p tcp --dports 80,8000:8080 -j WEB',
  ],
  [
    rule({
      matches: [{ kind: 'state', states: ['new', 'invalid'], isInverted: true }],
      target: { kind: 'drop', name: 'REJECT' },
    }),
    '-m conntrack ! --ctstate NEW,INVALID -j REJECT',
  ],
  [rule({ matches: [{ kind: 'other', name: 'set' }], target: { kind: 'accept' } }), '-m set -j ACCEPT'],
])('a rule reads as iptables prints it', (given, text) => {
  expect(ruleText(given)).toBe(text);
});
