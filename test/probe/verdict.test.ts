import { describe, expect, test } from 'vitest';
import type { ForwardingMode } from '../../src/ipvs/forwarding-method.ts';
import { parseRealServer } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultTunnel } from '../../src/ipvs/tunnel.ts';
import type { ProbeAnswer, ProbeEcho } from '../../src/probe/answer.ts';
import type { ProbeQuestion } from '../../src/probe/question.ts';
import { Rounds } from '../../src/probe/rounds.ts';
import { faultWords, verdictOf } from '../../src/probe/verdict.ts';

function question(forwarding: ForwardingMode, changes: Partial<ProbeQuestion> = {}): ProbeQuestion {
  return {
    protocol: 'tcp',
    virtual: { address: '203.0.113.80', port: 443 },
    realServer: { ...defaultRealServerSettings, forwarding, identity: parseRealServer('10.1.0.21:443') },
    tunnel: defaultTunnel,
    ...changes,
  };
}

const accepted = { kind: 'accepted', milliseconds: 0.4, link: 'eth1' } as const;
const silent = { kind: 'silent' } as const;
const refused = { kind: 'refused', milliseconds: 0.4, link: 'eth1' } as const;

function asked(echo: ProbeEcho, rest: Partial<Extract<ProbeAnswer, { kind: 'asked' }>> = {}): ProbeAnswer {
  return { kind: 'asked', from: '10.1.0.10', echo, own: null, outside: null, ...rest };
}

function outside(echo: ProbeEcho) {
  return { outside: { from: '203.0.113.2', echo, expectedLink: 'eth1' } };
}

describe('the word for an answer', () => {
  test.each([
    ['dr', asked(accepted), 'answers', 'for 203.0.113.80:443'],
    ['dr', asked(silent, { own: accepted }), 'silent', 'but does for its own address'],
    ['dr', asked(silent, { own: silent }), 'silent', 'nor for its own address'],
    ['dr', asked(refused, { own: accepted }), 'refused', 'but does for its own address'],
    ['tun', asked(silent, { own: accepted }), 'silent', 'but does for its own address'],
    ['nat', asked(silent), 'silent', 'does not answer 10.1.0.21:443'],
    ['nat', asked(accepted), 'answers', 'cannot be asked'],
    ['nat', asked(accepted, outside(accepted)), 'answers', 'through this director, by eth1'],
    ['nat', asked(accepted, outside({ ...accepted, link: 'eth0' })), 'astray', 'came in by eth0'],
    ['nat', asked(accepted, outside(silent)), 'astray', 'nothing came back to 203.0.113.2'],
    ['dr', { kind: 'no neighbour', link: 'eth1', address: '10.1.0.21' }, 'gone', 'nobody on eth1'],
    ['dr', { kind: 'not asked', reason: 'because' }, 'not asked', 'because'],
  ] as const)('under %s %#', (mode, answer, word, said) => {
    const verdict = verdictOf(question(mode), answer);
    expect(verdict.word).toBe(word);
    expect(verdict.said).toContain(said);
    // Whoever is told of a fault is told where to look.
    expect(verdict.causes.length > 0).toBe(faultWords.has(word));
  });

  test('for what UDP leaves open is no fault', () => {
    const verdict = verdictOf(question('dr', { protocol: 'udp' }), asked(silent));
    expect(verdict.word).toBe('no objection');
    expect(faultWords.has(verdict.word)).toBe(false);
  });

  test.each([
    ['ipip', 'ip -details link show type ipip'],
    ['gre', 'ip -details link show type gre'],
    ['gue', 'ip fou show'],
  ] as const)('under TUN by %s names what should unwrap it', (type, where) => {
    const tunnel = { type, port: type === 'gue' ? 6080 : 0, checksum: 'no' } as const;
    const error = {
      kind: 'error',
      milliseconds: 1,
      by: '10.1.0.21',
      reason: 'protocol unreachable',
    } as const;
    for (const answer of [asked(error), asked(silent, { own: accepted })])
      expect(verdictOf(question('tun', { tunnel }), answer).causes.join()).toContain(where);
  });
});

describe('several rounds', () => {
  test('are no verdict before all have been asked', () => {
    const rounds = new Rounds([question('dr'), question('dr')], 2);
    rounds.take(0, verdictOf(question('dr'), asked(accepted)));
    rounds.take(0, verdictOf(question('dr'), asked(accepted)));
    rounds.take(1, verdictOf(question('dr'), asked(accepted)));
    expect(rounds.verdicts(0, 1)).toMatchObject([{ word: 'answers', answered: 2, asked: 2 }]);
    expect(rounds.verdicts(0, 2)).toBeUndefined();
  });

  test('are what went wrong in one of them, with how often', () => {
    const rounds = new Rounds([question('dr')], 3);
    for (const echo of [accepted, silent, accepted]) rounds.take(0, verdictOf(question('dr'), asked(echo)));
    expect(rounds.verdicts(0, 1)).toMatchObject([
      { word: 'silent', answered: 2, asked: 3, said: expect.stringContaining('2 of 3 times answered') },
    ]);
  });

  test('of nobody who can be asked say what to give', () => {
    expect(new Rounds([null], 1).verdicts(0, 1)).toMatchObject([
      { word: 'not asked', said: expect.stringContaining('--to') },
    ]);
  });
});
