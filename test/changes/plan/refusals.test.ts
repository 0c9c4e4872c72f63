import { expect, test } from 'vitest';
import { refusals } from '../../../src/changes/plan/refusals.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import { real, web } from '../table.ts';

test.each([
  [web, '[2001:db8::21]:80', 'IPv4'],
  [parseService('tcp:[2001:db8::1]:80'), '10.0.0.21:80', 'IPv6'],
] as const)(
  'beside a sync daemon a real server of the service’s own family is advised',
  (service, text, family) => {
    const { advice } = refusals.mixedFamiliesWithSyncDaemon(service, real(text));
    expect(advice).toBe(`stop the sync daemon first, or give an ${family} real server`);
  },
);
