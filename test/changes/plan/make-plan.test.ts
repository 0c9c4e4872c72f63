import { describe, expect, test } from 'vitest';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { directorWith, errorOf, real, web } from '../table.ts';

describe('adding a service', () => {
  test('is one step', () => {
    const service = { identity: web, ...defaultServiceSettings, scheduler: 'rr' };
    expect(allAtOnce(makePlan(directorWith({}), [{ kind: 'add service', service }]))).toEqual({
      steps: [{ kind: 'add service', after: service }],
      lines: ['ipvsadm -A -t 203.0.113.10:80 -s rr'],
      warnings: [],
      destructive: false,
      doubtful: false,
    });
  });

  test('that is there already, the same, is nothing', () => {
    const service = { identity: web, ...defaultServiceSettings };
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}] });
    expect(allAtOnce(makePlan(director, [{ kind: 'add service', service }])).steps).toEqual([]);
  });

  test('that is there already, with other settings, is refused as the kernel would', () => {
    const service = { identity: web, ...defaultServiceSettings, scheduler: 'rr' };
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}] });
    const error = errorOf(() => allAtOnce(makePlan(director, [{ kind: 'add service', service }])));
    expect(error).toMatchObject({ kind: 'refused', errno: 'EEXIST' });
    expect(error.message).toBe(
      'add service tcp:203.0.113.10:80: the service is there already (EEXIST); edit it instead of adding it',
    );
  });

  test('with a wrong value is refused before anything is asked', () => {
    const service = { identity: parseService('tcp:203.0.113.10:0'), ...defaultServiceSettings };
    expect(
      errorOf(() => allAtOnce(makePlan(directorWith({}), [{ kind: 'add service', service }]))),
    ).toMatchObject({
      kind: 'input',
      reason: 'port 0 stands for every port and needs persistence',
    });
  });
});

describe('editing a service', () => {
  const persistent = {
    scheduler: 'sh',
    schedulerFlags: 3,
    persistence: { timeout: 300, netmask: 0xffffff00 },
  };

  test('changes what is named and nothing else', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{ ...persistent, engine: 'sip' }] });
    const { steps, lines } = allAtOnce(
      makePlan(director, [
        {
          kind: 'edit service',
          service: web,
          change: { onePacket: false, schedulerFlags: 1 },
        },
      ]),
    );
    expect(steps).toHaveLength(1);
    expect(lines).toEqual([
      'ipvsadm -E -t 203.0.113.10:80 -s sh -p 300 -M 255.255.255.0 --pe sip -b sh-fallback',
    ]);
  });

  test.each([
    ['mh', 3],
    ['wlc', 0],
  ])('to the scheduler %s takes along the flags that mean the same', (scheduler, schedulerFlags) => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [persistent] });
    const { steps } = allAtOnce(
      makePlan(director, [{ kind: 'edit service', service: web, change: { scheduler } }]),
    );
    expect(steps).toMatchObject([{ kind: 'set service', after: { scheduler, schedulerFlags } }]);
  });

  test('to what it is already is nothing', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [persistent] });
    const { steps } = allAtOnce(
      makePlan(director, [
        {
          kind: 'edit service',
          service: web,
          change: { scheduler: 'sh', persistence: { timeout: 300, netmask: 0xffffff00 } },
        },
      ]),
    );
    expect(steps).toEqual([]);
  });

  test('that is not there is refused as the kernel would', () => {
    const error = errorOf(() =>
      allAtOnce(
        makePlan(directorWith({}), [{ kind: 'edit service', service: web, change: { scheduler: 'rr' } }]),
      ),
    );
    expect(error).toMatchObject({ kind: 'refused', errno: 'ESRCH', operation: 'edit service' });
  });

  test('of port 0 cannot take its persistence away', () => {
    const director = directorWith({ 'tcp:203.0.113.10:0': [persistent] });
    const error = errorOf(() =>
      allAtOnce(
        makePlan(director, [
          {
            kind: 'edit service',
            service: parseService('tcp:203.0.113.10:0'),
            change: { persistence: null },
          },
        ]),
      ),
    );
    expect(error.reason).toBe('port 0 stands for every port and needs persistence');
  });
});

describe('adding a real server', () => {
  const nat = { identity: real('10.0.0.21:8080'), ...defaultRealServerSettings, forwarding: 'nat' as const };

  test('is one step', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.22:8080', { forwarding: 'nat' }]] });
    expect(
      allAtOnce(makePlan(director, [{ kind: 'add real server', service: web, realServer: nat }])),
    ).toEqual({
      steps: [{ kind: 'add real server', service: web, after: nat }],
      lines: ['ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 1'],
      warnings: [],
      destructive: false,
      doubtful: false,
    });
  });

  test('that is there already is nothing, or refused when it differs', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', { forwarding: 'nat' }]] });
    expect(
      allAtOnce(makePlan(director, [{ kind: 'add real server', service: web, realServer: nat }])).steps,
    ).toEqual([]);
    const heavier = { ...nat, weight: 9 };
    expect(
      errorOf(() =>
        allAtOnce(makePlan(director, [{ kind: 'add real server', service: web, realServer: heavier }])),
      ),
    ).toMatchObject({ kind: 'refused', errno: 'EEXIST', operation: 'add real server' });
  });

  test('to a service that is not there is refused', () => {
    expect(
      errorOf(() =>
        allAtOnce(makePlan(directorWith({}), [{ kind: 'add real server', service: web, realServer: nat }])),
      ),
    ).toMatchObject({ kind: 'refused', errno: 'ESRCH', operation: 'add real server' });
  });

  test('on another port under DR is refused with the reason', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}] });
    const realServer = { ...nat, forwarding: 'dr' as const };
    expect(
      errorOf(() => allAtOnce(makePlan(director, [{ kind: 'add real server', service: web, realServer }]))),
    ).toMatchObject({ kind: 'input', reason: expect.stringContaining('DR does not map ports') });
  });

  test('of another family is refused while a sync daemon runs', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}] });
    const realServer = {
      identity: real('[2001:db8::21]:80'),
      ...defaultRealServerSettings,
      forwarding: 'tun' as const,
    };
    expect(
      allAtOnce(makePlan(director, [{ kind: 'add real server', service: web, realServer }])).steps,
    ).toHaveLength(1);
    director.startSyncDaemon({
      state: 'master',
      interface: 'eth0',
      syncId: 1,
      maxLength: 0,
      group: null,
      port: 0,
      ttl: 0,
    });
    expect(
      errorOf(() => allAtOnce(makePlan(director, [{ kind: 'add real server', service: web, realServer }])))
        .reason,
    ).toContain('while a sync daemon runs');
  });
});

describe('editing a real server', () => {
  const gue = {
    forwarding: 'tun',
    weight: 3,
    upperThreshold: 100,
    lowerThreshold: 50,
    tunnel: { type: 'gue', port: 6080, checksum: 'yes' },
  } as const;

  test('keeps thresholds and tunnel when only the weight is named', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', gue]] });
    const { steps, lines } = allAtOnce(
      makePlan(director, [
        {
          kind: 'edit real server',
          service: web,
          realServer: real('10.0.0.21:80'),
          change: { weight: 5 },
        },
      ]),
    );
    expect(steps).toMatchObject([{ kind: 'set real server', before: gue, after: { ...gue, weight: 5 } }]);
    expect(lines).toEqual([
      'ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -i -w 5 --tun-type gue --tun-port 6080 --tun-csum -x 100 -y 50',
    ]);
  });

  test('away from TUN takes the tunnel settings along', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', gue]] });
    const { steps } = allAtOnce(
      makePlan(director, [
        {
          kind: 'edit real server',
          service: web,
          realServer: real('10.0.0.21:80'),
          change: { forwarding: 'dr' },
        },
      ]),
    );
    expect(steps).toMatchObject([{ after: { forwarding: 'dr', tunnel: { type: 'ipip', port: 0 } } }]);
  });

  test('to DR on a mapped port is refused, and says how to switch', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', { forwarding: 'nat' }]] });
    const error = errorOf(() =>
      allAtOnce(
        makePlan(director, [
          {
            kind: 'edit real server',
            service: web,
            realServer: real('10.0.0.21:8080'),
            change: { forwarding: 'dr' },
          },
        ]),
      ),
    );
    expect(error.reason).toContain('DR does not map ports');
    expect(error.advice).toContain('"lvstop mode"');
  });

  test('that is odd already lets its weight be changed', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', { forwarding: 'dr' }]] });
    const { steps } = allAtOnce(
      makePlan(director, [
        {
          kind: 'edit real server',
          service: web,
          realServer: real('10.0.0.21:8080'),
          change: { weight: 0 },
        },
      ]),
    );
    expect(steps).toHaveLength(1);
  });

  test('that is not there is refused as the kernel would', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}] });
    expect(
      errorOf(() =>
        allAtOnce(
          makePlan(director, [
            {
              kind: 'edit real server',
              service: web,
              realServer: real('10.0.0.21:80'),
              change: { weight: 0 },
            },
          ]),
        ),
      ),
    ).toMatchObject({ kind: 'refused', errno: 'ENOENT', operation: 'edit real server' });
  });
});

describe('deleting', () => {
  test('a real server says what it has', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}, 4, 2], ['10.0.0.22:80', {}]],
    });
    const { steps, destructive } = allAtOnce(
      makePlan(director, [
        {
          kind: 'delete real server',
          service: web,
          realServer: real('10.0.0.21:80'),
        },
      ]),
    );
    expect(destructive).toBe(true);
    expect(steps).toMatchObject([{ kind: 'delete real server', connections: { active: 4, inactive: 2 } }]);
  });

  test('a service counts its real servers', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}], ['10.0.0.22:80', {}]],
    });
    const { steps, lines, destructive } = allAtOnce(
      makePlan(director, [{ kind: 'delete service', service: web }]),
    );
    expect(steps).toMatchObject([{ kind: 'delete service', realServers: { length: 2 } }]);
    expect(lines).toEqual(['ipvsadm -D -t 203.0.113.10:80']);
    expect(destructive).toBe(true);
  });
});

test('zeroing is asked first, and needs its service', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}] });
  expect(allAtOnce(makePlan(director, [{ kind: 'zero', service: null }]))).toMatchObject({
    lines: ['ipvsadm -Z'],
    destructive: true,
    doubtful: false,
  });
  expect(allAtOnce(makePlan(director, [{ kind: 'zero', service: web }])).lines).toEqual([
    'ipvsadm -Z -t 203.0.113.10:80',
  ]);
  expect(
    errorOf(() => allAtOnce(makePlan(director, [{ kind: 'zero', service: parseService('fwm:9') }]))),
  ).toMatchObject({
    errno: 'ESRCH',
  });
});

test('planning writes nothing', () => {
  const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
  const before = [...director.serviceBatches()].flat();
  allAtOnce(makePlan(director, [{ kind: 'delete service', service: web }]));
  expect([...director.serviceBatches()].flat()).toEqual(before);
});
