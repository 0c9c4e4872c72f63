import { describe, expect, test } from 'vitest';
import { noResponse } from '../../../src/doctor/checks/no-response.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, type SiteChange, site, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

const kind = { mode: 'nat', family: 'inet' } as const;
const oneWay = { connections: 20, inPackets: 60, outPackets: 0 };
const natPort = { realServer: { address: '10.0.0.21', port: 8080 } };
const found = ['error no-response 10.0.0.21:8080 of tcp:203.0.113.10:80'];

function find(change: SiteChange) {
  return noResponse.find(site(kind, change));
}

describe('a real server under NAT whose responses do not come back', () => {
  test('is seen by its counters', () => {
    const findings = find({ firstNumbers: { rates: null, counters: oneWay } });
    expect(told(findings)).toEqual(found);
    expect(findings[0]!.found).toBe('60 packets of 20 connections went to it, and 0 came back');
    expect(commands(findings)).toEqual([
      'lvstop setup tcp:203.0.113.10:80 10.0.0.21:8080 | ssh root@10.0.0.21 sh',
    ]);
  });

  test('is seen by its rates, whatever it answered before', () => {
    const counters = { connections: 9e6, inPackets: 5e7, outPackets: 5e7 };
    const firstNumbers = { counters, rates: { inPackets: 30, outPackets: 0 } };
    expect(told(find({ firstNumbers }))).toEqual(found);
    expect(find({ firstNumbers: { ...firstNumbers, rates: { inPackets: 30, outPackets: 20 } } })).toEqual([]);
  });

  test('is seen by connections that wait', () => {
    const sample = { connections: connections(6, { ...stuck, ...natPort }), isWhole: true };
    const firstNumbers = { rates: null, counters: { connections: 9e6, inPackets: 5e7, outPackets: 5e7 } };
    expect(told(find({ firstNumbers, connections: sample }))).toEqual(found);
  });

  test('is not seen in connections that wait for the client, while answers pass', () => {
    const sample = { connections: connections(6, { ...stuck, ...natPort }), isWhole: true };
    const counters = { connections: 408, inPackets: 618, outPackets: 1119 };
    const firstNumbers = { rates: { inPackets: 30, outPackets: 60 }, counters };
    expect(find({ firstNumbers, connections: sample })).toEqual([]);
  });

  test('is forgotten when others get through after those', () => {
    const waiting = connections(6, { ...stuck, ...natPort });
    const well = connections(5, { state: 'TIME_WAIT', expires: 118, ...natPort });
    const sample = { connections: [...waiting, ...well], isWhole: true };
    expect(find({ firstNumbers: { rates: null, counters: oneWay }, connections: sample })).toEqual([]);
  });

  test('is not told of while hardly anybody has asked it', () => {
    expect(
      find({ firstNumbers: { rates: null, counters: { connections: 3, inPackets: 9, outPackets: 0 } } }),
    ).toEqual([]);
  });

  test('is not told of when the director itself does not forward', () => {
    const sysctls = { 'net/ipv4/ip_forward': '0' };
    expect(find({ firstNumbers: { rates: null, counters: oneWay }, sysctls })).toEqual([]);
  });

  test('is not told of when its clients are its neighbours, which is another fault', () => {
    const beside = { ...stuck, ...natPort, client: { address: '10.0.0.99', port: 4711 } };
    const sample = { connections: connections(6, beside), isWhole: true };
    expect(find({ firstNumbers: { rates: null, counters: oneWay }, connections: sample })).toEqual([]);
  });

  test('is not missed under DR, and hinted at where datagrams may be meant to go one way', () => {
    const numbers = { rates: null, counters: oneWay };
    expect(noResponse.find(site({ mode: 'dr', family: 'inet' }, { numbers }))).toEqual([]);
    const logger = real('10.0.0.21:514', { forwarding: 'nat' }, numbers);
    const syslog = service('udp:203.0.113.10:514', {}, [logger]);
    const hint = ['hint no-response 10.0.0.21:514 of udp:203.0.113.10:514'];
    expect(told(find({ services: [syslog] }))).toEqual(hint);
    const byPacket = service('udp:203.0.113.10:514', { onePacket: true }, [logger]);
    expect(find({ services: [byPacket] })).toEqual([]);
    const answered = service('udp:203.0.113.10:53', {}, [
      real('10.0.0.21:53', { forwarding: 'nat' }, { rates: null, counters: { ...oneWay, outPackets: 2 } }),
    ]);
    expect(find({ services: [answered] })).toEqual([]);
  });

  test('behind a router, is to be looked after in words', () => {
    const via = { kind: 'unicast', link: 'eth1', via: '10.0.0.254', source: '10.0.0.1', mtu: 1500 } as const;
    const findings = find({
      firstNumbers: { rates: null, counters: oneWay },
      routes: { '10.0.0.21': via },
    });
    expect(told(findings)).toEqual(found);
    expect(commands(findings)).toEqual([]);
  });
});
