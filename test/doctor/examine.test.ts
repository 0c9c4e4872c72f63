import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/doctor/check.ts';
import { checks } from '../../src/doctor/checks.ts';
import { examine, examineInTurns } from '../../src/doctor/examine.ts';
import type { Subject } from '../../src/doctor/finding.ts';
import { site, siteKinds, siteService, told } from './evidence.ts';

describe('the doctor', () => {
  test.each(siteKinds)('finds nothing on a healthy $mode site in $family', (kind) => {
    expect(examine(site(kind))).toEqual([]);
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
  const { service, realServers } = siteService(kind);
  const [first, second] = realServers;
  const subjects: Subject[] = [
    { kind: 'real server', service: service.identity, realServer: second!.realServer.identity },
    { kind: 'service', service: service.identity },
    { kind: 'director' },
    { kind: 'real server', service: service.identity, realServer: first!.realServer.identity },
  ];
  const all: Check[] = (['hint', 'error', 'warning'] as const).map((severity) => ({
    id: `a-${severity}`,
    title: '',
    restsOn: [],
    find: () =>
      subjects.map((subject) => ({
        check: `a-${severity}`,
        severity,
        subject,
        lookedAt: '',
        found: '',
        matters: '',
        mend: [],
      })),
  }));

  test('comes the gravest first, then in the order of the table', () => {
    expect(told(examine(evidence, all)).slice(0, 5)).toEqual([
      'error a-error director',
      'error a-error tcp:203.0.113.10:80',
      'error a-error 10.0.0.21:8080 of tcp:203.0.113.10:80',
      'error a-error 10.0.0.22:8080 of tcp:203.0.113.10:80',
      'warning a-warning director',
    ]);
  });

  test('is the same when the event loop has its turn in between', async () => {
    let turns = 0;
    const findings = await examineInTurns(
      evidence,
      () => {
        turns++;
        return Promise.resolve();
      },
      all,
    );
    expect(findings).toEqual(examine(evidence, all));
    expect(turns).toBe(all.length);
  });
});
