import { describe, expect, test } from 'vitest';
import { requestBy } from '../../../src/doctor/evidence/incoming-routes.ts';
import type { Finding, Subject } from '../../../src/doctor/finding.ts';
import type { Check } from '../../../src/doctor/judgement/check.ts';
import { ofService } from '../../../src/doctor/judgement/subjects.ts';
import { checks } from '../../../src/doctor/rounds/checks.ts';
import { examine } from '../../../src/doctor/rounds/examine.ts';
import type { Severity } from '../../../src/forwarding/diagnosis.ts';
import { type LocalAddress, type Route, routeKey } from '../../../src/forwarding/network.ts';
import { networkFacts } from '../../../src/forwarding/network-facts.ts';
import { allAtOnce, inTurns, Turns } from '../../../src/system/turns.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { link, route, site, siteKinds, siteService, told } from '../evidence.ts';

describe('the doctor', () => {
  test.each(siteKinds)('finds nothing on a healthy $mode site in $family', (kind) => {
    expect(allAtOnce(examine(site(kind), checks))).toEqual([]);
  });

  test('knows each check by an id of its own, and what each rests on', () => {
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const { id, title, restsOn } of checks) {
      expect(id).toMatch(/^[a-z][a-z0-9-]+$/);
      expect(title).not.toBe('');
      expect(restsOn.length).toBeGreaterThan(0);
    }
  });
});

describe('what it finds', () => {
  const kind = { mode: 'nat', family: 'inet' } as const;
  const evidence = site(kind);
  const {
    service: { identity },
    realServers,
  } = siteService(kind);
  const [first, second] = realServers;
  const subjects: Subject[] = [
    { kind: 'real server', service: identity, realServer: second!.realServer.identity },
    { kind: 'service', service: identity },
    { kind: 'director' },
    { kind: 'real server', service: identity, realServer: first!.realServer.identity },
  ];
  const all: Check[] = (['hint', 'error', 'warning'] as const).map((severity) => ({
    id: `a-${severity}`,
    title: '',
    restsOn: [],
    byService: false,
    find: () => subjects.map((subject) => aFinding(severity, subject)),
  }));

  test('comes the gravest first, then in the order of the table', () => {
    expect(told(allAtOnce(examine(evidence, all))).slice(0, 5)).toEqual([
      'error a-error director',
      'error a-error tcp:203.0.113.10:80',
      'error a-error 10.0.0.21:8080 of tcp:203.0.113.10:80',
      'error a-error 10.0.0.22:8080 of tcp:203.0.113.10:80',
      'warning a-warning director',
    ]);
  });

  test('is the same when a large table is examined in parts', async () => {
    const many = Array.from({ length: 300 }, (_, place) =>
      service(`tcp:192.0.2.${place % 250}:${1000 + place}`, {}, [real('10.0.0.21:8080', { weight: 0 })]),
    );
    const large = site(kind, { services: many });
    const perService: Check = {
      ...all[0]!,
      byService: true,
      find: ({ services }) => services.flatMap((each) => aFinding('hint', ofService(each))),
    };
    let turns = 0;
    const findings = await inTurns(
      examine(large, [perService, ...all]),
      new Turns({ now: () => turns, turn: () => Promise.resolve(void turns++), slice: 0 }),
    );
    expect(findings).toEqual(allAtOnce(examine(large, [perService, ...all])));
    expect(findings).toHaveLength(300 + 12);
    expect(turns).toBeGreaterThan(all.length);
  });
});

describe('a table twice as large', () => {
  /** What all checks read of the network's addresses and routes, of a table whose virtual addresses are where it is said. */
  function readings(count: number, where: 'on lo' | 'on no interface' | 'taken in by a rule'): number {
    let read = 0;
    const vips = Array.from({ length: count }, (_, place) => `192.0.${2 + (place >> 8)}.${place & 255}`);
    const addresses = [
      ...(where === 'on lo' ? vips.map((vip) => local(vip, 32, 'lo')) : []),
      local('10.0.0.1', 24, 'eth1'),
    ].map((own) => ({
      ...own,
      get address() {
        read++;
        return own.address;
      },
    }));
    const routes = vips.flatMap((vip): [string, Route][] => [
      [vip, where === 'on lo' ? { kind: 'local', link: 'lo' } : route({ link: 'eth0' })],
      ...(['eth0', 'eth1'] as const).map((name): [string, Route] => [
        routeKey(requestBy(link(name, 2), 'inet', vip)),
        where === 'taken in by a rule' ? { kind: 'local', link: 'lo' } : route({ link: 'eth0' }),
      ]),
    ]);
    class CountedRoutes extends Map<string, Route> {
      override *entries() {
        for (const entry of super.entries()) {
          read++;
          yield entry;
        }
        return undefined;
      }
      override [Symbol.iterator]() {
        return this.entries();
      }
    }
    const services = vips.map((vip) => service(`tcp:${vip}:80`, {}, [real('10.0.0.21:8080')]));
    const evidence = site({ mode: 'nat', family: 'inet' }, { services, addresses });
    const network = networkFacts(
      { ...evidence.network, routes: new CountedRoutes([...evidence.network.routes, ...routes]) },
      evidence.machine.sysctl,
    );
    allAtOnce(examine({ ...evidence, network }, checks));
    return read;
  }

  function local(address: string, prefixLength: number, name: string): LocalAddress {
    const scope = 'global';
    return {
      family: 'inet',
      address,
      prefixLength,
      link: name,
      scope,
      isDeprecated: false,
      isDuplicate: false,
    };
  }

  test.each(['on lo', 'on no interface', 'taken in by a rule'] as const)(
    'is examined by twice as many looks, virtual addresses %s',
    (where) => {
      expect(readings(400, where)).toBeLessThan(2.2 * readings(200, where));
    },
  );
});

function aFinding(severity: Severity, subject: Subject): Finding {
  return {
    check: `a-${severity}`,
    severity,
    subject,
    lookedAt: '',
    found: '',
    matters: '',
    mend: [],
  };
}
