import { describe, expect, test } from 'vitest';
import { hashedRejected as check } from '../../../src/doctor/checks/hashed-rejected.ts';
import { commands, site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;

describe('a real server at weight 0', () => {
  test.each([
    ['sh', 0, '--flags sh-fallback'],
    ['sh', 2, '--flags sh-fallback,sh-port'],
    ['mh', 0, '--flags mh-fallback'],
  ])('rejects its share of clients under %s with flags %i', (scheduler, schedulerFlags, option) => {
    const findings = check.find(
      site(kind, { settings: { scheduler, schedulerFlags }, firstSettings: { weight: 0 } }),
    );
    expect(told(findings)).toEqual(['warning hashed-rejected 10.0.0.21:8080 of tcp:203.0.113.10:80']);
    expect(commands(findings)).toEqual([`lvstop edit service tcp:203.0.113.10:80 ${option}`]);
  });

  test('is to be deleted under dh, which has no flag against it', () => {
    const findings = check.find(site(kind, { settings: { scheduler: 'dh' }, firstSettings: { weight: 0 } }));
    expect(commands(findings)).toEqual(['lvstop delete real tcp:203.0.113.10:80 10.0.0.21:8080 --yes']);
  });

  test.each([
    ['sh', 1],
    ['wlc', 0],
  ])('is no matter under %s with flags %i', (scheduler, schedulerFlags) => {
    expect(
      check.find(site(kind, { settings: { scheduler, schedulerFlags }, firstSettings: { weight: 0 } })),
    ).toEqual([]);
  });
});

test('a real server over its threshold rejects its clients, too', () => {
  const findings = check.find(
    site(kind, {
      settings: { scheduler: 'sh' },
      firstSettings: { upperThreshold: 10 },
      firstNumbers: { overloaded: true },
    }),
  );
  expect(findings[0]?.found).toContain('over its upper threshold of 10');
});
