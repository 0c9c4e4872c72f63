import { describe, expect, test } from 'vitest';
import { moduleMissing as check } from '../../../src/doctor/checks/module-missing.ts';
import { service } from '../../ui/fixed-view.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('a module', () => {
  test('that is nowhere to be found is told once for all its services', () => {
    const findings = check.find(
      site(kind, {
        services: [
          service('fwm:7', { scheduler: 'mh' }),
          service('fwm:8', { scheduler: 'mh', engine: 'sip' }),
        ],
        modules: { ip_vs_mh: 'missing', ip_vs_pe_sip: 'available' },
      }),
    );
    expect(told(findings)).toEqual(['warning module-missing director']);
    expect(findings[0]?.lookedAt).toContain('ip_vs_mh');
  });

  test('that cannot be looked for is not told', () => {
    expect(check.find(site(kind, { modules: { ip_vs_wlc: 'unknown' } }))).toEqual([]);
  });
});

test('a service without a scheduler rejects everybody', () => {
  const findings = check.find(site(kind, { settings: { scheduler: 'none' } }));
  expect(told(findings)).toEqual(['error module-missing tcp:203.0.113.10:80']);
  expect(commands(findings)).toEqual(['lvstop scheduler tcp:203.0.113.10:80 wlc']);
});
