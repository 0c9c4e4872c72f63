/** What a probe has shown makes findings certain, without traffic. */
import { describe, expect, test } from 'vitest';
import { halfOpen } from '../../../src/doctor/checks/half-open.ts';
import { noResponse } from '../../../src/doctor/checks/no-response.ts';
import { refused } from '../../../src/doctor/checks/refused.ts';
import type { ForwardingMode } from '../../../src/ipvs/forwarding-method.ts';
import type { PublicRealServer } from '../../../src/ipvs/real-server.ts';
import { AnswerMemory, type KnownAnswers } from '../../../src/probe/known-answers.ts';
import type { ProbeVerdict } from '../../../src/probe/verdict.ts';
import { type SiteKind, site, siteTime, told } from '../evidence.ts';
import { connections, stuck } from '../sampled.ts';

const firstOf = (mode: ForwardingMode) => `10.0.0.21:${mode === 'nat' ? 8080 : 80} of tcp:203.0.113.10:80`;

/** What the first real server of a site of a kind was found to do, so many milliseconds ago. */
function answered(kind: SiteKind, verdict: Partial<ProbeVerdict>, ago = 12_000): KnownAnswers {
  const row = site(kind).services[0]?.realServers[0];
  if (row === undefined) throw new Error('a site has real servers');
  const memory = new AnswerMemory();
  const unknown = {
    word: 'answers',
    said: '',
    causes: [],
    milliseconds: null,
    asked: 1,
    answered: 0,
  } as const;
  const time = siteTime - ago;
  memory.take(row.key, row.realServer as PublicRealServer, {
    ...unknown,
    ...verdict,
    time,
    countsUntil: time + 120_000,
  });
  return memory.known;
}

const deaf = {
  word: 'silent',
  said: 'does not answer for 203.0.113.10:80, but does for its own address',
  causes: ['203.0.113.10 is not on it: "ip address show to 203.0.113.10"'],
} as const;

describe.each([
  ['dr', halfOpen],
  ['tun', halfOpen],
  ['nat', noResponse],
] as const)('under %s', (mode, check) => {
  const kind: SiteKind = { mode, family: 'inet' };

  test('a real server that does not answer is an error that needs no traffic', () => {
    const findings = check.find(site(kind, { answers: answered(kind, deaf) }));
    expect(told(findings)).toEqual([`error ${check.id} ${firstOf(mode)}`]);
    expect(findings[0]).toMatchObject({
      lookedAt: 'a probe of this director, 12 s ago',
      found: 'it does not answer for 203.0.113.10:80, but does for its own address',
    });
    const [setUp, cause] = findings[0]?.mend ?? [];
    expect(setUp?.text).toBe(
      `lvstop setup tcp:203.0.113.10:80 10.0.0.21:${mode === 'nat' ? 8080 : 80} | ssh root@10.0.0.21 sh`,
    );
    expect(cause?.text).toContain('is not on it');
  });

  test('one at weight 0 is a hint', () => {
    const evidence = site(kind, { answers: answered(kind, deaf), firstSettings: { weight: 0 } });
    expect(told(check.find(evidence))).toEqual([`hint ${check.id} ${firstOf(mode)}`]);
  });

  test('what was found long ago, or was no fault, is nothing', () => {
    expect(check.find(site(kind, { answers: answered(kind, deaf, 600_000) }))).toEqual([]);
    expect(check.find(site(kind, { answers: answered(kind, { word: 'answers' }) }))).toEqual([]);
    expect(check.find(site(kind, { answers: answered(kind, { word: 'not asked' }) }))).toEqual([]);
  });

  test('nothing is set up where nothing listens', () => {
    const answers = answered(kind, { word: 'refused', said: 'refuses 203.0.113.10:80' });
    const evidence = site(kind, { answers });
    const [finding, ...others] = [...check.find(evidence), ...refused.find(evidence)];
    expect(others).toEqual([]);
    expect(finding?.found).toBe('it refuses 203.0.113.10:80');
    expect(finding?.mend.filter((remedy) => remedy.kind === 'command')).toEqual([]);
  });
});

describe('half-open connections', () => {
  const kind: SiteKind = { mode: 'dr', family: 'inet' };
  const sample = { connections: connections(6, stuck), isWhole: true };

  test('of a real server that answers a probe do not speak against it', () => {
    const answers = answered(kind, { word: 'answers' });
    const [finding] = halfOpen.find(site(kind, { connections: sample, answers }));
    expect(finding).toMatchObject({
      severity: 'warning',
      found: expect.stringContaining('it answers'),
      matters: expect.stringContaining('takes the virtual address, and listens'),
    });
    expect(finding?.mend.map(({ text }) => text).join('\n')).not.toContain('lvstop setup');
  });

  test('of one that does not are told once, by the probe', () => {
    const findings = halfOpen.find(site(kind, { connections: sample, answers: answered(kind, deaf) }));
    expect(told(findings)).toEqual([`error half-open ${firstOf('dr')}`]);
    expect(findings[0]?.lookedAt).toContain('probe');
  });
});
