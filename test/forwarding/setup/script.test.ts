import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastingKinds, lastingScript } from '../../../src/forwarding/setup/lasting.ts';
import { type RealServerSetup, setupName } from '../../../src/forwarding/setup/real-server-setup.ts';
import { type SetupAction, setupScript } from '../../../src/forwarding/setup/script.ts';
import { setupSteps } from '../../../src/forwarding/setup/setup-steps.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultTunnel, type Tunnel } from '../../../src/ipvs/tunnel.ts';

function setup(
  mode: RealServerSetup['mode'],
  serviceText: string,
  realServer: string,
  rest: Partial<RealServerSetup> = {},
): RealServerSetup {
  const service = parseService(serviceText);
  return {
    service,
    realServer: parseRealServer(realServer),
    mode,
    tunnel: defaultTunnel,
    virtualAddresses: service.kind === 'address' ? [service.address] : ['203.0.113.10', '203.0.113.11'],
    director: null,
    mtu: 1500,
    ...rest,
  };
}

const tunnel = (type: Tunnel['type'], checksum: Tunnel['checksum'] = 'no'): { tunnel: Tunnel } => ({
  tunnel: { type, port: type === 'gue' ? 6080 : 0, checksum },
});

const four = 'tcp:203.0.113.10:80';
const six = 'tcp:[2001:db8::10]:80';
const setups: readonly RealServerSetup[] = [
  setup('nat', four, '10.0.0.21:8080', { director: '10.0.0.10' }),
  setup('nat', six, '[fd00::21]:8080', { director: 'fd00::10' }),
  setup('nat', 'udp:203.0.113.10:0', '10.0.0.21:0', { director: '10.0.0.10' }),
  setup('nat', 'fwm:7', '10.0.0.21:0', { director: '10.0.0.10' }),
  setup('dr', four, '10.0.0.21:80', { director: '10.0.0.10' }),
  setup('dr', six, '[fd00::21]:80', { director: 'fd00::10' }),
  setup('dr', 'fwm:7', '10.0.0.21:0'),
  setup('tun', four, '10.0.0.21:80'),
  setup('tun', six, '[fd00::21]:80'),
  setup('tun', four, '[fd00::21]:80'),
  setup('tun', six, '10.0.0.21:80'),
  setup('tun', 'fwm:7', '10.0.0.21:0'),
  setup('tun', four, '10.0.0.21:80', tunnel('gue', 'remote')),
  setup('tun', six, '[fd00::21]:80', tunnel('gue')),
  setup('tun', four, '10.0.0.21:80', tunnel('gre')),
  setup('tun', four, '10.0.0.21:80', tunnel('gre', 'yes')),
  setup('tun', six, '[fd00::21]:80', tunnel('gre', 'yes')),
];
const actions: readonly SetupAction[] = ['set up', 'check', 'undo'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-setup-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(setups.map((one): [string, RealServerSetup] => [`${setupName(one)} ${one.tunnel.type}`, one]))(
  'the scripts of %s',
  (_, one) => {
    it.each(actions)('are POSIX sh: %s', (action) => {
      const texts = [
        setupScript(one, action),
        ...lastingKinds.map((kind) => lastingScript(one, action, kind)),
      ];
      for (const text of texts) {
        const file = join(folder, 'script');
        writeFileSync(file, text);
        execFileSync('/bin/sh', ['-n', file], { stdio: 'pipe' });
        expect(text.split('\n').filter((line) => line.startsWith('#') && line.length > 120)).toEqual([]);
      }
    });

    it('take back in the other direction what they set up', () => {
      const keys = (text: string) => [...text.matchAll(/^key=(.*)$/gm)].map((match) => match[1]);
      const lasting = setupSteps(one)
        .filter(({ remedy }) => remedy.kind === 'lasting change')
        .map(({ key }) => key);
      const made = keys(setupScript(one, 'set up')).filter((key) => !lasting.includes(key ?? ''));
      expect(keys(setupScript(one, 'undo'))).toEqual(made.toReversed());
      expect(new Set(made).size).toBe(made.length);
      expect(made.length).toBeGreaterThan(0);
    });
  },
);

describe('a set-up', () => {
  const whats = (one: RealServerSetup) => setupSteps(one).map(({ what }) => what);

  it('silences ARP before the virtual address is there', () => {
    expect(whats(setup('dr', four, '10.0.0.21:80'))).toEqual([
      'net.ipv4.conf.all.arp_ignore=1',
      'net.ipv4.conf.all.arp_announce=2',
      '203.0.113.10/32 on lo',
      '203.0.113.10 on no interface that answers other machines for it',
      'a default route for answers from 203.0.113.10',
    ]);
  });

  it('leaves ARP alone for IPv6, whose neighbour solicitations lo never answers', () => {
    expect(whats(setup('dr', six, '[fd00::21]:80'))).toEqual([
      '2001:db8::10 on lo',
      '2001:db8::10 on no interface that answers other machines for it',
      'a default route for answers from 2001:db8::10',
    ]);
  });

  it('takes every address that a firewall mark stands for', () => {
    expect(whats(setup('dr', 'fwm:7', '10.0.0.21:0'))).toEqual(
      expect.arrayContaining(['203.0.113.10/32 on lo', '203.0.113.11/32 on lo']),
    );
  });

  it('moves only the answers of its own service under NAT', () => {
    const script = setupScript(setups[0]!, 'set up');
    expect(script).toContain('ip -4 rule add from 10.0.0.21 ipproto tcp sport 8080 lookup');
  });

  it('announces smaller segments only where the way to the real server has no room for the outer header', () => {
    const segments = (mtu: number | null) =>
      whats(setup('tun', four, '10.0.0.21:80', { mtu })).filter((what) => what.includes('segment'));
    expect(segments(1500)).toEqual(['clients of 203.0.113.10 are told to send at most 1440 bytes a segment']);
    expect(segments(null)).toEqual(segments(1500));
    expect(segments(1520)).toEqual([]);
    expect(whats(setup('tun', 'udp:203.0.113.10:53', '10.0.0.21:53')).join()).not.toContain('segment');
  });

  it('has one name for each service, mode and real server', () => {
    expect(setupName(setups[0]!)).toBe('nat,tcp,203.0.113.10,80,10.0.0.21,8080');
    expect(new Set(setups.slice(0, 12).map(setupName)).size).toBe(12);
  });

  it('shares what two services of one virtual address need', () => {
    const keys = (service: string, real: string) =>
      setupSteps(setup('dr', service, real)).map(({ key }) => key);
    expect(keys(four, '10.0.0.21:80')).toEqual(keys('tcp:203.0.113.10:443', '10.0.0.21:443'));
  });
});
