import { expect, test } from 'vitest';
import {
  describeRealServer,
  describeRealServerChange,
  describeService,
  describeServiceChange,
} from '../../../src/changes/steps/describe.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import { describeStep, stepRealServer, stepService } from '../../../src/changes/steps/step-kinds.ts';
import { defaultRealServerSettings, type RealServer } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type Service } from '../../../src/ipvs/service.ts';
import { changeTunnel, defaultTunnel } from '../../../src/ipvs/tunnel.ts';
import { real, web } from '../table.ts';

const service: Service = { identity: web, ...defaultServiceSettings };
const realServer: RealServer = { identity: real('10.0.0.21:80'), ...defaultRealServerSettings };

test('settings are told in words', () => {
  expect(describeService(service)).toBe('wlc');
  expect(
    describeService({
      ...service,
      scheduler: 'sh\x07',
      schedulerFlags: 1,
      persistence: { timeout: 300, netmask: 0xffffff00 },
      engine: 'sip',
      onePacket: true,
    }),
  ).toBe('sh␇, flags flag-1, persistent 300 s by 255.255.255.0, engine sip, one-packet');
  expect(describeRealServer(realServer)).toBe('DR, weight 1');
  expect(
    describeRealServer({
      ...realServer,
      forwarding: 'tun',
      upperThreshold: 9,
      lowerThreshold: 5,
      tunnel: { type: 'gue', port: 6080, checksum: 'remote' },
    }),
  ).toBe('TUN, weight 1, upper threshold 9, lower threshold 5, tunnel gue:6080 with remote checksum');
});

test('a change is told field by field', () => {
  expect(describeServiceChange(service, service)).toEqual([]);
  expect(
    describeServiceChange(service, {
      ...service,
      scheduler: 'mh',
      schedulerFlags: 1,
      onePacket: true,
      persistence: { timeout: 60, netmask: 0xffffffff },
      engine: 'sip',
    }),
  ).toEqual([
    'scheduler wlc → mh',
    'flags none → mh-fallback',
    'one-packet off → on',
    'persistence none → 60 s',
    'engine none → sip',
  ]);
  expect(
    describeRealServerChange(realServer, {
      ...realServer,
      forwarding: 'tun',
      weight: 0,
      upperThreshold: 10,
      lowerThreshold: 5,
      tunnel: { type: 'gre', port: 0, checksum: 'yes' },
    }),
  ).toEqual([
    'forwarding DR → TUN',
    'weight 1 → 0',
    'upper threshold none → 10',
    'lower threshold none → 5',
    'tunnel ipip → gre with checksum',
  ]);
});

test.each<[Step, string]>([
  [{ kind: 'add service', after: service }, 'add service tcp:203.0.113.10:80: wlc'],
  [
    { kind: 'set service', before: service, after: { ...service, scheduler: 'rr' } },
    'edit service tcp:203.0.113.10:80: scheduler wlc → rr',
  ],
  [
    { kind: 'delete service', before: service, realServers: [realServer] },
    'delete service tcp:203.0.113.10:80 with 1 real server',
  ],
  [
    { kind: 'add real server', service: web, after: realServer },
    'add real server 10.0.0.21:80 of tcp:203.0.113.10:80: DR, weight 1',
  ],
  [
    { kind: 'set real server', service: web, before: realServer, after: { ...realServer, weight: 0 } },
    'edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: weight 1 → 0',
  ],
  [
    {
      kind: 'delete real server',
      service: web,
      before: realServer,
      connections: { active: 0, inactive: 0 },
    },
    'delete real server 10.0.0.21:80 of tcp:203.0.113.10:80, which has no connections',
  ],
  [
    {
      kind: 'delete real server',
      service: web,
      before: realServer,
      connections: { active: 2, inactive: 1 },
    },
    'delete real server 10.0.0.21:80 of tcp:203.0.113.10:80 with its 2 active and 1 inactive connections',
  ],
  [{ kind: 'zero', service: null }, 'zero all counters'],
  [{ kind: 'zero', service: web }, 'zero counters of service tcp:203.0.113.10:80'],
])('a step is told in one line: $1', (step, line) => {
  expect(describeStep(step)).toBe(line);
});

test('a step names its object', () => {
  const all: Step = { kind: 'zero', service: null };
  expect([stepService(all), stepRealServer(all)]).toEqual([null, null]);
  const addition: Step = { kind: 'add real server', service: web, after: realServer };
  expect([stepService(addition), stepRealServer(addition)]).toEqual([web, realServer.identity]);
});

test('another tunnel type begins anew, the same one keeps what is not named', () => {
  const gue = { type: 'gue', port: 6080, checksum: 'remote' } as const;
  expect(changeTunnel(gue, { checksum: 'no' })).toEqual({ type: 'gue', port: 6080, checksum: 'no' });
  expect(changeTunnel(gue, { type: 'gre' })).toEqual({ type: 'gre', port: 0, checksum: 'no' });
  expect(changeTunnel(defaultTunnel, { type: 'gue', port: 7 })).toEqual({
    type: 'gue',
    port: 7,
    checksum: 'no',
  });
});
