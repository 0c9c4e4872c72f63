import { describe, expect, test } from 'vitest';
import { halfOpen } from '../../../src/doctor/checks/half-open.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, siteTime, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

function sampled(...groups: ReturnType<typeof connections>[]) {
  return { connections: groups.flat(), isWhole: true };
}

describe('half-open connections', () => {
  test.each(['dr', 'tun'] as const)(
    'of one real server under %s are an error when none gets through',
    (mode) => {
      const evidence = site(
        { mode, family: 'inet' },
        { connections: sampled(connections(6, stuck), connections(20, { place: 1 })) },
      );
      expect(told(halfOpen.find(evidence))).toEqual(['error half-open 10.0.0.21:80 of tcp:203.0.113.10:80']);
      expect(halfOpen.find(evidence)[0]!.found).toBe('6 of 6 connections to it are half open (SYN_RECV)');
    },
  );

  test('are a warning when some get through', () => {
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      { connections: sampled(connections(6, stuck), connections(10)) },
    );
    expect(told(halfOpen.find(evidence))).toEqual(['warning half-open 10.0.0.21:80 of tcp:203.0.113.10:80']);
  });

  test.each([1, 3])('of which there are only %i, and no other connection, are worth a question', (few) => {
    const evidence = site({ mode: 'tun', family: 'inet' }, { connections: sampled(connections(few, stuck)) });
    const findings = halfOpen.find(evidence);
    expect(told(findings)).toEqual(['hint half-open 10.0.0.21:80 of tcp:203.0.113.10:80']);
    expect(JSON.stringify(findings[0]?.mend)).toContain('lvstop probe tcp:203.0.113.10:80 10.0.0.21:80');
  });

  test('of which there are few are nothing beside one that got through', () => {
    const evidence = site(
      { mode: 'tun', family: 'inet' },
      { connections: sampled(connections(3, stuck), connections(1)) },
    );
    expect(halfOpen.find(evidence)).toEqual([]);
  });

  test('are an error when nobody got through since the first of them, whatever was before', () => {
    const before = connections(10, { state: 'TIME_WAIT', expires: 60 });
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      { connections: sampled(connections(6, stuck), before) },
    );
    const findings = halfOpen.find(evidence);
    expect(told(findings)).toEqual(['error half-open 10.0.0.21:80 of tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toContain('nobody got through since');
  });

  test('of as many clients, at all real servers alike while others get through, are a flood', () => {
    const strangers = (place: 0 | 1) =>
      connections(10, { ...stuck, place }).map((connection, number) => ({
        ...connection,
        client: { address: `198.18.${place}.${number}`, port: 1024 },
      }));
    const honest = (place: 0 | 1) => connections(5, { place, state: 'TIME_WAIT', expires: 110 });
    const flood = sampled(strangers(0), strangers(1), honest(0), honest(1));
    const findings = halfOpen.find(site({ mode: 'dr', family: 'inet' }, { connections: flood }));
    expect(told(findings)).toEqual(['warning half-open tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toContain('20 connections of 20 clients');
    expect(commands(findings)).toEqual([]);
  });

  test('that began after the set-up script was printed tell that it was in vain', () => {
    const key = 'tcp:203.0.113.10:80 10.0.0.21:80';
    const mended = (minutes: number) =>
      JSON.stringify(
        halfOpen.find(
          site(
            { mode: 'dr', family: 'inet' },
            {
              connections: sampled(connections(6, stuck)),
              setUps: new Map([[key, siteTime - minutes * 60_000]]),
            },
          ),
        )[0]?.mend,
      );
    expect(mended(10)).toMatch(/was printed here at 2026-01-0\d \d\d:20:00, and what began after that fails/);
    // These may have begun before it was run.
    expect(mended(0.5)).not.toContain('was printed here');
  });

  test('name answers that were dropped here, where there were any', () => {
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      { connections: sampled(connections(6, stuck)), counters: { martians: 7 } },
    );
    expect(JSON.stringify(halfOpen.find(evidence)[0]?.mend)).toContain('7 since boot, in_martian_src');
  });

  test('name a second director where packets go round', () => {
    const counters = { connections: 5, inPackets: 79 };
    const services = [
      service('tcp:203.0.113.10:80', {}, [
        real('10.0.0.21:80', { forwarding: 'dr' }, { counters }),
        real('10.0.0.1:80', { forwarding: 'dr' }),
      ]),
    ];
    const routes = { '10.0.0.1': { kind: 'local', link: 'lo' } } as const;
    const sample = sampled(connections(5, stuck));
    const findings = halfOpen.find(
      site({ mode: 'dr', family: 'inet' }, { services, routes, connections: sample }),
    );
    expect(JSON.stringify(findings[0]?.mend)).toContain('it balances what it gets once more');
  });

  test('are normal in small numbers', () => {
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      { connections: sampled(connections(6, stuck), connections(200)) },
    );
    expect(halfOpen.find(evidence)).toEqual([]);
  });

  test('are left to the checks that know why when the network is at fault', () => {
    const evidence = site(
      { mode: 'dr', family: 'inet' },
      {
        connections: sampled(connections(6, stuck)),
        routes: { '10.0.0.21': { kind: 'none', reason: 'unreachable' } },
      },
    );
    expect(halfOpen.find(evidence)).toEqual([]);
  });

  test('are mended by setting the real server up, unless nobody knows its addresses', () => {
    const kind = { mode: 'dr', family: 'inet6' } as const;
    const six = sampled(connections(6, { ...stuck, family: 'inet6' }));
    expect(commands(halfOpen.find(site(kind, { connections: six })))).toEqual([
      "lvstop setup 'tcp:[2001:db8::10]:80' '[2001:db8:1::21]:80' | ssh root@2001:db8:1::21 sh",
    ]);
    const marked = [service('fwm6:7', {}, [real('[2001:db8:1::21]:0', { forwarding: 'dr' })])];
    const findings = halfOpen.find(site(kind, { connections: six, services: marked }));
    expect(told(findings)).toEqual(['error half-open [2001:db8:1::21]:0 of fwm6:7']);
    expect(commands(findings)).toEqual([]);
  });
});
