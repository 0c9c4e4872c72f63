import { describe, expect, test } from 'vitest';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import { performPlan } from '../../../src/changes/write/perform-plan.ts';
import { allRealServers } from '../../../src/director/director.ts';
import { formatRealServer } from '../../../src/ipvs/identity.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { directorWith, errorOf, real, web } from '../table.ts';

const mapped = { forwarding: 'nat', weight: 3, upperThreshold: 100, lowerThreshold: 50 } as const;

describe('switching the mode', () => {
  test('of one real server with the right port is one edit', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', mapped], ['10.0.0.22:80', mapped]],
    });
    const plan = allAtOnce(
      makePlan(director, [
        {
          kind: 'switch mode',
          service: web,
          realServer: real('10.0.0.21:80'),
          mode: 'dr',
        },
      ]),
    );
    expect(plan.lines).toEqual(['ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 3 -x 100 -y 50']);
    expect(plan.destructive).toBe(false);
  });

  test('of a mapped port adds the real server anew before it deletes the old one, and keeps its settings', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', mapped]] });
    const plan = allAtOnce(
      makePlan(director, [
        {
          kind: 'switch mode',
          service: web,
          realServer: real('10.0.0.21:8080'),
          mode: 'tun',
        },
      ]),
    );
    expect(plan.lines).toEqual([
      'ipvsadm -a -t 203.0.113.10:80 -r 10.0.0.21:80 -i -w 3 --tun-type ipip -x 100 -y 50',
      'ipvsadm -d -t 203.0.113.10:80 -r 10.0.0.21:8080',
    ]);
    expect(plan.destructive).toBe(true);
  });

  test('of all adds and edits first and deletes last, so that the service stays up', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [
        {},
        ['10.0.0.21:8080', mapped],
        ['10.0.0.22:80', { forwarding: 'nat' }],
        ['10.0.0.23:80', { forwarding: 'dr' }],
        ['10.0.0.24:8080', mapped],
      ],
    });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'dr' }]),
    );
    expect(plan.steps.map(({ kind }) => kind)).toEqual([
      'add real server',
      'set real server',
      'add real server',
      'delete real server',
      'delete real server',
    ]);
    expect(allAtOnce(performPlan(director, plan)).kind).toBe('done');
    const table = allRealServers(director, web).map(({ realServer }) => [
      formatRealServer(realServer.identity),
      realServer.forwarding,
      realServer.weight,
    ]);
    expect(table.sort()).toEqual([
      ['10.0.0.21:80', 'dr', 3],
      ['10.0.0.22:80', 'dr', 1],
      ['10.0.0.23:80', 'dr', 1],
      ['10.0.0.24:80', 'dr', 3],
    ]);
  });

  test('to NAT keeps the port and drops the tunnel', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [
        {},
        ['10.0.0.21:80', { forwarding: 'tun', tunnel: { type: 'gue', port: 6080, checksum: 'no' } }],
      ],
    });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'nat' }]),
    );
    expect(plan.lines).toEqual(['ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -m -w 1']);
  });

  test('that all have already is nothing', () => {
    const director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', {}]] });
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'dr' }]),
    );
    expect(plan).toEqual({ steps: [], lines: [], warnings: [], destructive: false, doubtful: false });
  });

  test('is refused where the port that it needs is taken', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', mapped], ['10.0.0.21:8081', mapped]],
    });
    const error = errorOf(() =>
      allAtOnce(makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'dr' }])),
    );
    expect(error).toMatchObject({
      kind: 'input',
      object: '10.0.0.21:8081 of tcp:203.0.113.10:80',
      reason:
        'DR does not map ports, so 10.0.0.21:8081 would become 10.0.0.21:80, which is a real server of this service already',
    });
  });

  test('is refused for a real server of the other family', () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['[2001:db8::21]:80', { forwarding: 'tun' }]],
    });
    const error = errorOf(() =>
      allAtOnce(makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'dr' }])),
    );
    expect(error.reason).toBe('DR cannot reach an IPv6 real server from an IPv4 service');
  });

  test('under a firewall mark keeps every port', () => {
    const director = directorWith({ 'fwm:7': [{}, ['10.0.0.21:8080', { forwarding: 'nat' }]] });
    const plan = allAtOnce(
      makePlan(director, [
        {
          kind: 'switch mode',
          service: { kind: 'fwmark', family: 'inet', fwmark: 7 },
          realServer: null,
          mode: 'dr',
        },
      ]),
    );
    expect(plan.lines).toEqual(['ipvsadm -e -f 7 -r 10.0.0.21:8080 -g -w 1']);
    expect(plan.warnings.join()).toContain('port 8080 of 10.0.0.21:8080 is not used');
  });
});
