import { describe, expect, test } from 'vitest';
import type { Intention } from '../../../src/changes/plan/intention.ts';
import { makePlan } from '../../../src/changes/plan/make-plan.ts';
import { addressesConcerned, addressesOfSteps } from '../../../src/changes/plan/network-doubts.ts';
import { readServiceState } from '../../../src/changes/steps/table-state.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { route, type SiteChange, site } from '../../doctor/evidence.ts';
import { directorWith, real, web } from '../table.ts';

const director = directorWith({
  'tcp:203.0.113.10:80': [
    {},
    ['10.0.0.21:80', { forwarding: 'nat' }],
    ['10.0.0.22:80', { forwarding: 'nat' }],
  ],
});
const behindGateway = { routes: { '10.0.0.21': route({ via: '10.0.0.254' }) } };

function plan(intention: Intention, change: SiteChange) {
  return allAtOnce(makePlan(director, [intention], site({ mode: 'dr', family: 'inet' }, change).network));
}

const toDirectRoute: Intention = {
  kind: 'switch mode',
  service: web,
  realServer: real('10.0.0.21:80'),
  mode: 'dr',
};

describe('what the network speaks against', () => {
  test('is warned of and to be confirmed, and destroys nothing', () => {
    const { warnings, doubtful, destructive } = plan(toDirectRoute, behindGateway);
    expect(warnings[0]).toBe(
      '10.0.0.21:80: it is reached via the gateway 10.0.0.254 on eth1; under DR the packet still bears the virtual address, and a gateway goes by that: back to the director, or wherever else it leads, not on to the real server',
    );
    expect({ doubtful, destructive }).toEqual({ doubtful: true, destructive: false });
  });

  test('is nothing on a network that is whole, or of which nothing is known', () => {
    expect(plan(toDirectRoute, {}).doubtful).toBe(false);
    expect(allAtOnce(makePlan(director, [toDirectRoute])).doubtful).toBe(false);
  });

  test('is the missing virtual address of a new service', () => {
    const { doubtful, warnings } = plan(
      {
        kind: 'add service',
        service: { identity: { ...web, port: 81 } as never, ...defaultServiceSettings },
      },
      { routes: { '203.0.113.10': route({ link: 'eth0' }) } },
    );
    expect(doubtful).toBe(true);
    expect(warnings[0]).toContain('203.0.113.10 is no address of this machine');
  });

  test('is nothing that an edit of other settings has to do with', () => {
    const intention: Intention = {
      kind: 'edit real server',
      service: web,
      realServer: real('10.0.0.21:80'),
      change: { weight: 5 },
    };
    expect(
      plan(intention, { routes: { '10.0.0.21': { kind: 'none', reason: 'unreachable' } } }).doubtful,
    ).toBe(false);
  });
});

describe('doubts of one rule', () => {
  const servers = Array.from({ length: 9 }, (_, index) => `10.0.0.${21 + index}`);
  const crowd = directorWith({
    'tcp:203.0.113.10:80': [
      {},
      ...servers.map((address) => [`${address}:80`, { forwarding: 'nat' }] as [string, object]),
    ],
  });
  const switched = (unreachable: readonly string[]) =>
    allAtOnce(
      makePlan(
        crowd,
        [{ ...toDirectRoute, realServer: null }],
        site(
          { mode: 'dr', family: 'inet' },
          {
            routes: Object.fromEntries(
              servers.map((address) => [
                address,
                unreachable.includes(address)
                  ? { kind: 'none', reason: 'unreachable' }
                  : route({ link: 'eth1' }),
              ]),
            ),
          },
        ).network,
      ),
    ).warnings.filter((warning) => !warning.startsWith('DR needs'));

  test('are told one by one while they are few', () => {
    expect(switched(servers.slice(0, 4)).map((warning) => warning.split(':')[0])).toEqual(
      servers.slice(0, 4),
    );
  });

  test('are counted behind the first three when they are many', () => {
    const warnings = switched(servers);
    expect(warnings.slice(0, 3).map((warning) => warning.split(':')[0])).toEqual(servers.slice(0, 3));
    expect(warnings[3]).toMatch(
      /^6 more of the same kind \(.+\); once it is done, "lvstop doctor" names them all$/,
    );
    expect(warnings).toHaveLength(4);
  });
});

describe('the addresses concerned', () => {
  const concerned = (intention: Intention) =>
    addressesConcerned(intention, (service) => readServiceState(director, service));

  test('are those whose packets go another way afterwards', () => {
    expect(concerned(toDirectRoute)).toEqual(['10.0.0.21']);
    expect(concerned({ ...toDirectRoute, realServer: null }).sort()).toEqual(['10.0.0.21', '10.0.0.22']);
    expect(
      concerned({
        kind: 'add real server',
        service: web,
        realServer: { identity: real('10.0.0.23:80'), ...defaultRealServerSettings },
      }),
    ).toEqual(['10.0.0.23']);
    expect(
      concerned({
        kind: 'edit real server',
        service: web,
        realServer: real('10.0.0.21:80'),
        change: { weight: 1 },
      }),
    ).toEqual([]);
    expect(concerned({ kind: 'zero', service: null })).toEqual([]);
  });

  test('are the same of the steps that come of it', () => {
    expect([...addressesOfSteps(allAtOnce(makePlan(director, [toDirectRoute])).steps)]).toEqual([
      '10.0.0.21',
    ]);
  });
});
