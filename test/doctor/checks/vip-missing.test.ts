import { describe, expect, test } from 'vitest';
import { vipMissing as check } from '../../../src/doctor/checks/vip-missing.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { route, type SiteChange, site, told } from '../evidence.ts';

const kind = { mode: 'dr', family: 'inet' } as const;
const elsewhere: SiteChange = { routes: { '203.0.113.10': route({ link: 'eth0' }) } };

describe('virtual addresses that the director does not have', () => {
  test('are errors, one a service', () => {
    expect(told(check.find(site(kind, elsewhere)))).toEqual(['error vip-missing tcp:203.0.113.10:80']);
  });

  test.each<[string, SiteChange]>([
    ['keepalived runs', { running: ['keepalived'] }],
    [
      'a backup daemon runs',
      {
        syncDaemons: [
          { state: 'backup', interface: 'eth0', syncId: 0, maxLength: 0, group: null, port: 0, ttl: 0 },
        ],
      },
    ],
  ])('are a hint where %s and none is here: it stands by', (_, change) => {
    expect(told(check.find(site(kind, { ...elsewhere, ...change })))).toEqual(['hint vip-missing director']);
  });

  test('are missing because they should be where keepalived is the backup of their instance', () => {
    const change = { ...elsewhere, standby: new Set(['203.0.113.10']) };
    const [finding, ...others] = check.find(site(kind, change));
    expect(told(others)).toEqual([]);
    expect(finding).toMatchObject({ severity: 'hint', found: expect.stringContaining('is backup here') });
  });

  test('are errors where others of them are here', () => {
    const services = [
      service('tcp:203.0.113.10:80', {}, [real('10.0.0.21:80')]),
      service('tcp:203.0.113.11:80', {}, [real('10.0.0.21:80')]),
    ];
    const findings = check.find(
      site(kind, {
        services,
        running: ['keepalived'],
        routes: { '203.0.113.11': route({ link: 'eth0' }) },
      }),
    );
    expect(told(findings)).toEqual(['error vip-missing tcp:203.0.113.11:80']);
  });
});
