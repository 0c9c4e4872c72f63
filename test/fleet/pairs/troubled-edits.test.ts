/** Random edits of a pair (more by `LVSTOP_PAIR_EDITS`), each with something going wrong at each of its calls: what is told of the end is so. */
import { expect, test } from 'vitest';
import { editPair } from '../../../src/fleet/pairs/pair-edit.ts';
import { planPair } from '../../../src/fleet/pairs/plan-pair.ts';
import type { PairOutcome } from '../../../src/fleet/pairs/settle-pair.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { settingsOf } from '../../changes/edits.ts';
import { setRealServer } from '../../director/table-edits.ts';
import { CallerDied, SimulatedPair, type Trouble, troubles } from './simulated-pair.ts';

const edits = Number(process.env.LVSTOP_PAIR_EDITS ?? 27);
const web = 'tcp:203.0.113.10:80';
const dns = 'udp:203.0.113.10:53';
const table = {
  [web]: [
    { scheduler: 'wrr' },
    ['10.0.0.21:80', { weight: 3 }],
    ['10.0.0.22:80', { weight: 1 }],
    ['10.0.0.23:80', { weight: 2, forwarding: 'tun' }],
  ],
  [dns]: [{ scheduler: 'wlc' }, ['10.0.0.31:53', { weight: 1 }], ['10.0.0.32:53', { weight: 1 }]],
} as const;

/** Numbers below a limit, the same for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function anyCommand(seed: number): readonly string[] {
  const number = numbers(seed);
  const real = `10.0.0.2${1 + number(3)}:80`;
  const commands: readonly (readonly string[])[] = [
    ['weight', web, real, String(10 + number(90))],
    ['weight', web, real, '0'],
    ['edit', 'real', web, real, '--upper', String(100 + number(900))],
    ['edit', 'service', dns, '--persistent', String(10 + number(300)), '--scheduler', 'rr'],
    ['scheduler', web, ['lc', 'sed', 'nq', 'rr'][number(4)] ?? 'rr'],
    ['add', 'real', web, `10.0.0.${40 + number(50)}:80`, '--weight', String(number(9))],
    ['add', 'service', `tcp:203.0.113.10:${8000 + number(99)}`, '--scheduler', 'rr'],
    ['delete', 'real', web, real],
    ['delete', 'service', dns],
    ['mode', web, '10.0.0.22:80', 'tun'],
  ];
  return commands[number(commands.length)] ?? ['weight', web, real, '7'];
}

/** What another hand does to the service that most edits are of. */
function byAnotherHand(pair: SimulatedPair): void {
  pair.anotherHand = (director) =>
    setRealServer(director, parseService(web), {
      ...defaultRealServerSettings,
      identity: parseRealServer('10.0.0.22:80'),
      weight: 77,
    });
}

async function edit(pair: SimulatedPair, command: readonly string[]): Promise<PairOutcome | 'caller died'> {
  const planned = await planPair(pair.hosts, command, undefined);
  try {
    return await editPair({ pair: planned, command, id: '1f2e3d4c', within: 60 }, pair.surroundings);
  } catch (error) {
    if (error instanceof CallerDied) return 'caller died';
    throw error;
  }
}

/** Calls before the first that can fail behind the question. */
const planning = 4;

const tablesOf = (pair: SimulatedPair) =>
  pair.directors.map((director) => JSON.stringify(settingsOf(director)));

test(`${edits} edits, and trouble at each call`, { timeout: 600_000 }, async () => {
  const ends = new Map<string, number>();
  for (let seed = 0; seed < edits; seed++) {
    const command = anyCommand(seed);
    const smooth = new SimulatedPair(table);
    const [before] = tablesOf(smooth);
    expect(await edit(smooth, command)).toMatchObject({ kind: 'both as planned' });
    const [planned] = tablesOf(smooth);
    for (let at = planning; at < smooth.calls.length; at++) {
      const kind = troubles[(seed + at) % troubles.length] ?? 'cut off';
      const pair = new SimulatedPair(table);
      byAnotherHand(pair);
      pair.trouble = { at, kind };
      const outcome = await edit(pair, command);
      const atEnd = tablesOf(pair);
      // A write that comes late, comes by then.
      await pair.pass(20_000);
      const soon = tablesOf(pair);
      await pair.pass(300_000);
      const later = tablesOf(pair);
      const what = `seed ${seed}, ${kind} at ${pair.calls[at]}\n${pair.calls.join('\n')}\n${pair.told.join('\n')}`;
      const end = typeof outcome === 'string' ? outcome : outcome.kind;
      ends.set(`${kind}: ${end}`, (ends.get(`${kind}: ${end}`) ?? 0) + 1);
      judge({
        kind,
        outcome,
        atEnd,
        soon,
        later,
        before,
        planned,
        what,
        isConfirming: pair.calls[at]?.includes(': confirm ') === true,
      });
    }
  }
  // Each trouble was met, and what it ended in is what it can end in.
  expect(new Set([...ends.keys()].map((key) => key.split(':')[0]))).toEqual(
    new Set(edits < 9 ? [] : troubles),
  );
  for (const key of ends.keys()) {
    if (key.endsWith('diverged')) expect(['cut off: diverged', 'another hand: diverged']).toContain(key);
  }
});

interface Case {
  readonly kind: Trouble;
  readonly outcome: PairOutcome | 'caller died';
  /** Tables when it was told, soon after, and long after. */
  readonly atEnd: readonly string[];
  readonly soon: readonly string[];
  readonly later: readonly string[];
  readonly before: string | undefined;
  readonly planned: string | undefined;
  readonly what: string;
  readonly isConfirming: boolean;
}

function judge({ kind, outcome, atEnd, soon, later, before, planned, what, isConfirming }: Case): void {
  if (outcome === 'caller died') {
    if (!isConfirming) expect(new Set(later), what).toEqual(new Set([before]));
    else expect([before, planned], what).toEqual(expect.arrayContaining([...later]));
    return;
  }
  // What another hand has made is none of the edit's; the cases of its own look at that.
  if (kind === 'another hand') return;
  if (outcome.kind === 'both as planned') {
    expect(atEnd, what).toEqual([planned, planned]);
    expect(soon, what).toEqual([planned, planned]);
    expect(later, what).toEqual([planned, planned]);
  } else if (outcome.kind === 'both as before') {
    expect(atEnd, what).toEqual([before, before]);
    expect(soon, what).toEqual([before, before]);
    expect(later, what).toEqual([before, before]);
    expect(outcome.exitCode, what).toBeGreaterThan(0);
  } else {
    expect(outcome.exitCode, what).toBe(5);
    const seen = outcome.stands.map(({ stand }, place) =>
      stand === 'unseen' ? atEnd[place] : stand === 'before' ? before : planned,
    );
    expect(atEnd, what).toEqual(seen);
    expect(
      outcome.stands.map(({ stand }) => stand),
      what,
    ).toContain('unseen');
  }
}
