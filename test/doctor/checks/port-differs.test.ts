import { describe, expect, test } from 'vitest';
import { portDiffers as check } from '../../../src/doctor/checks/port-differs.ts';
import { real, service } from '../../ui/fixed-view.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('another port than the service', () => {
  const row = real('10.0.0.21:8080', { forwarding: 'dr', weight: 3 });

  test.each(['dr', 'tun'] as const)('under %s is added anew with the right one', (forwarding) => {
    const services = [service('tcp:203.0.113.10:80', {}, [{ ...row, settings: { forwarding, weight: 3 } }])];
    const findings = check.find(site(kind, { services }));
    expect(told(findings)).toEqual(['warning port-differs 10.0.0.21:8080 of tcp:203.0.113.10:80']);
    expect(commands(findings)).toEqual([
      `lvstop add real tcp:203.0.113.10:80 10.0.0.21:80 --forwarding ${forwarding} --weight 3`,
      'lvstop delete real tcp:203.0.113.10:80 10.0.0.21:8080 --yes',
    ]);
  });

  test('beside the right one is only deleted', () => {
    const services = [service('tcp:203.0.113.10:80', {}, [row, real('10.0.0.21:80')])];
    expect(commands(check.find(site(kind, { services })))).toEqual([
      'lvstop delete real tcp:203.0.113.10:80 10.0.0.21:8080 --yes',
    ]);
  });
});
