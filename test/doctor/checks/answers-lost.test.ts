import { describe, expect, test } from 'vitest';
import { answersLost } from '../../../src/doctor/checks/answers-lost.ts';
import type { Connection } from '../../../src/ipvs/connection.ts';
import { zeroCounters } from '../../../src/ipvs/counters.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { type SiteChange, site, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

const toReal = (count: number, change: Partial<Connection> & { place?: 0 | 1 } = {}) =>
  connections(count, change).map((one) => ({ ...one, realServer: { ...one.realServer, port: 8080 } }));

function find(sample: readonly Connection[][], outPackets = 40, change: SiteChange = {}) {
  return answersLost.find(
    site(
      { mode: 'nat', family: 'inet' },
      {
        connections: { connections: sample.flat(), isWhole: true },
        numbers: { counters: { ...zeroCounters, connections: 5, inPackets: 60, outPackets } },
        ...change,
      },
    ),
  );
}

describe('answers under NAT that nobody hears', () => {
  test('are told of the service', () => {
    const findings = find([toReal(6, stuck), toReal(5, { ...stuck, place: 1 })]);
    expect(told(findings)).toEqual(['warning answers-lost tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toContain('11 connections of 1 client are half open');
    expect(JSON.stringify(findings[0]?.mend)).not.toContain('snat_reroute');
  });

  test('may leave by a way that snat_reroute chooses', () => {
    const sysctls = { 'net/ipv4/vs/snat_reroute': '0' };
    expect(JSON.stringify(find([toReal(6, stuck)], 40, { sysctls })[0]?.mend)).toContain(
      'net.ipv4.vs.snat_reroute=1',
    );
  });

  test('are looked for by what fits the family, and the address that was called', () => {
    const [client] = connections(1, { ...stuck, family: 'inet6' });
    const six = connections(6, { ...stuck, family: 'inet6' }).map((one) => ({
      ...one,
      realServer: { ...one.realServer, port: 8080 },
    }));
    const services = [
      service('fwm6:7', {}, [
        real(
          '[2001:db8:1::21]:8080',
          { forwarding: 'nat' },
          { counters: { ...zeroCounters, connections: 6, inPackets: 60, outPackets: 40 } },
        ),
      ]),
    ];
    const [finding] = answersLost.find(
      site({ mode: 'nat', family: 'inet6' }, { services, connections: { connections: six, isWhole: true } }),
    );
    const mend = JSON.stringify(finding?.mend);
    expect(mend).toContain('ip6tables -t mangle -S POSTROUTING');
    expect(mend).toContain(`ip route get ${client!.client.address} from 2001:db8::10`);
  });

  test('are none where others get through, where none came back, or where a few clients wait', () => {
    expect(find([toReal(6, stuck), toReal(5, { place: 1 })])).toEqual([]);
    expect(find([toReal(6, stuck)], 0)).toEqual([]);
    expect(find([toReal(3, stuck)])).toEqual([]);
  });
});
