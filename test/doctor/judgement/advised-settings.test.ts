import { expect, test } from 'vitest';
import { clientBesideRealServer } from '../../../src/doctor/checks/client-beside-real-server.ts';
import { noResponse } from '../../../src/doctor/checks/no-response.ts';
import { advisedSettings } from '../../../src/doctor/judgement/advised-settings.ts';
import { checks } from '../../../src/doctor/rounds/checks.ts';
import { examine } from '../../../src/doctor/rounds/examine.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { type SiteChange, site, siteTime } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

const nat = { mode: 'nat', family: 'inet' } as const;
const off = { 'net/ipv4/ip_forward': '0' };
const on = { 'net/ipv4/ip_forward': '1' };

/** What a check finds of a site, as the screen tells it. */
const found = (check: (typeof checks)[number], change: SiteChange) =>
  allAtOnce(examine(site(nat, change), [check]));

/** What the doctor advises while nothing is forwarded. */
const advised = () => advisedSettings(allAtOnce(examine(site(nat, { sysctls: off }), checks)));

test('settings that are advised against errors are kept in mind with whom they concern', () => {
  expect(advised()).toEqual(['sysctl net/ipv4/ip_forward=1 ']);
});

test.each<[string, boolean, SiteChange & { readonly minutes?: number }]>([
  ['is set as it was advised', true, { sysctls: on }],
  ['is not set', false, { sysctls: off }],
  ['was advised long ago', false, { sysctls: on, minutes: 90 }],
  ['was advised a moment ago', false, { sysctls: on, minutes: 0 }],
])(
  'of what fails after a setting that %s it is said that it did not help: %s',
  (_, isSaid, { minutes = 10, ...change }) => {
    const setUps = new Map(advised().map((key) => [key, siteTime - minutes * 60_000]));
    const realServer = { address: '10.0.0.21', port: 8080 };
    const sample = { connections: connections(6, { ...stuck, realServer }), isWhole: true };
    const [finding] = found(noResponse, { connections: sample, setUps, ...change });
    const said = JSON.stringify(finding?.mend ?? []);
    expect(said.includes('net.ipv4.ip_forward was to be 1 at 2026-01-0')).toBe(isSaid);
    expect(said.includes('tcpdump -ni any host 10.0.0.21')).toBe(isSaid);
  },
);

test('a command for what is set already gives way to that word', () => {
  const realServer = { address: '10.0.0.21', port: 8080 };
  const client = { address: '10.0.0.99', port: 4711 };
  const sample = { connections: connections(2, { ...stuck, realServer, client }), isWhole: true };
  const redirects = (value: string) => ({
    'net/ipv4/conf/all/send_redirects': value,
    'net/ipv4/conf/eth1/send_redirects': '0',
  });
  const mend = (value: string) =>
    found(clientBesideRealServer, { connections: sample, sysctls: redirects(value) })[0]?.mend;
  expect(mend('1')?.[0]?.kind).toBe('command');
  expect(mend('0')?.[0]).toMatchObject({
    kind: 'advice',
    text: 'net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth1.send_redirects=0 is set already, and does not suffice',
  });
});
