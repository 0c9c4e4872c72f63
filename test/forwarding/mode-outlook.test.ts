import { describe, expect, test } from 'vitest';
import { modeDemands } from '../../src/forwarding/mode-demands.ts';
import { modeOutlooks, outlookText } from '../../src/forwarding/mode-outlook.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultTunnel } from '../../src/ipvs/tunnel.ts';
import { route, type SiteChange, site } from '../doctor/evidence.ts';

const service = parseService('tcp:203.0.113.10:80');

function outlook(realServer: string, change?: SiteChange): string {
  const network = change && site({ mode: 'nat', family: 'inet' }, change).network;
  return outlookText(modeOutlooks(service, parseRealServer(realServer), defaultTunnel, network));
}

describe('which modes can work', () => {
  test('by the table alone', () => {
    expect(outlook('10.0.0.21:80')).toBe('nat, tun, dr can work');
    expect(outlook('10.0.0.21:8080')).toBe('nat can work; tun: no port mapping; dr: no port mapping');
    expect(outlook('[2001:db8::21]:80')).toBe(
      'tun can work; nat: other address family; dr: other address family',
    );
  });

  test('by the network as it is', () => {
    expect(outlook('10.0.0.21:80', { routes: { '10.0.0.21': route({ via: '10.0.0.254' }) } })).toBe(
      'nat, tun can work; dr: behind a gateway',
    );
    expect(
      outlook('10.0.0.21:80', { routes: { '10.0.0.21': { kind: 'none', reason: 'unreachable' } } }),
    ).toBe('none can work now; nat: no route; tun: no route; dr: no route');
    expect(outlook('10.0.0.21:80', { sysctls: { 'net/ipv4/ip_forward': '0' } })).toBe(
      'tun, dr can work; nat: forwarding is off',
    );
  });

  test('and what each needs elsewhere', () => {
    const outlooks = modeOutlooks(service, parseRealServer('10.0.0.21:80'), defaultTunnel, undefined);
    expect(outlooks.map(({ mode, demands }) => demands === modeDemands[mode])).toEqual([true, true, true]);
  });

  test('what is wrong with the service is no matter of the mode', () => {
    expect(outlook('10.0.0.21:80', { routes: { '203.0.113.10': route({ link: 'eth0' }) } })).toBe(
      'nat, tun, dr can work',
    );
  });
});
