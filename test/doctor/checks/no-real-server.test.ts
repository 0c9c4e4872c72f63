import { describe, expect, test } from 'vitest';
import { noRealServer as check } from '../../../src/doctor/checks/no-real-server.ts';
import { service } from '../../ui/fixed-view.ts';
import { site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('a service without real servers', () => {
  test('is a warning', () => {
    const findings = check.find(site(kind, { services: [service('fwm:7')] }));
    expect(told(findings)).toEqual(['warning no-real-server fwm:7']);
  });
});
