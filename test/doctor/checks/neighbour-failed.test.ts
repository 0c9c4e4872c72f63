import { expect, test } from 'vitest';
import { neighbourFailed } from '../../../src/doctor/checks/neighbour-failed.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import { type SiteChange, site, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

const neighbours = [
  { family: 'inet', address: '10.0.0.21', link: 'eth1', mac: null, state: 'failed' },
] as const;

function find(sample: readonly Connection[], change: SiteChange = {}, mode: 'dr' | 'nat' = 'dr') {
  return neighbourFailed.find(
    site(
      { mode, family: 'inet' },
      { neighbours, connections: { connections: sample, isWhole: true }, ...change },
    ),
  );
}

const own = connections(4, { ...stuck, client: { address: '203.0.113.10', port: 40000 } });
const subject = '10.0.0.21:80 of tcp:203.0.113.10:80';

test('who does not answer a question in the name of the virtual address may be well', () => {
  const findings = find(own);
  expect(told(findings)).toEqual([`warning neighbour-failed ${subject}`]);
  expect(findings[0]?.found).toContain('asks in the name of 203.0.113.10 then');
});

test.each<[string, Connection[], SiteChange]>([
  ['where nobody calls from here', [], {}],
  ['where others wait, too', [...own, ...connections(1, stuck)], {}],
  ['where it asks in its own name', own, { sysctls: { 'net/ipv4/conf/all/arp_announce': '2' } }],
])('it is down %s', (_, sample, change) => {
  expect(told(find(sample, change))).toEqual([`error neighbour-failed ${subject}`]);
});
