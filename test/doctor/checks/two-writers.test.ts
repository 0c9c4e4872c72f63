import { describe, expect, test } from 'vitest';
import { changesIn } from '../../../src/changes/events/event-list.ts';
import { foreignEvent } from '../../../src/changes/events/foreign-change.ts';
import { type Origin, unseenOrigin } from '../../../src/changes/journal/origin.ts';
import { twoWriters as check } from '../../../src/doctor/checks/two-writers.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { site, told } from '../evidence.ts';

const kind = { mode: 'nat', family: 'inet' } as const;
const time = site(kind).time;

function program(name: string, pid: number): Origin {
  return { user: 'root', behind: null, from: null, by: 'program', program: { pid, name, command: [name] } };
}

const at = (weight: number) => ({
  ...defaultRealServerSettings,
  identity: parseRealServer('10.0.0.21:80'),
  weight,
});

/** Changes of the weight of one real server, the newest first. */
function weights(...edits: readonly (readonly [Origin, from: number, to: number])[]) {
  const events = edits.map(([origin, from, to], place) =>
    foreignEvent({
      id: `0000000${place}`,
      time: time - 60_000 + place * 10_000,
      origin,
      steps: [
        {
          kind: 'set real server',
          service: parseService('tcp:203.0.113.10:80'),
          before: at(from),
          after: at(to),
        },
      ],
    }),
  );
  return changesIn(events).reverse();
}

const [vip, proxy] = [program('kube-vip', 7), program('kube-proxy', 8)];

describe('two writers', () => {
  test('who undo each other again and again are named, with what it is about', () => {
    const changes = weights([vip, 1, 0], [proxy, 0, 1], [vip, 1, 0], [proxy, 0, 1]);
    const findings = check.find(site(kind, { changes }));
    expect(told(findings)).toEqual(['warning two-writers 10.0.0.21:80 of tcp:203.0.113.10:80']);
    expect(findings[0]?.found).toBe(
      'kube-proxy, root and kube-vip, root have undone each other’s changes 3 times within 20 s, the last time weight 0 → 1',
    );
  });

  test('one who goes there and back, or undoes once what another one did, is no quarrel', () => {
    expect(check.find(site(kind, { changes: weights([vip, 1, 0], [vip, 0, 1], [vip, 1, 0]) }))).toEqual([]);
    expect(check.find(site(kind, { changes: weights([vip, 1, 0], [proxy, 0, 1]) }))).toEqual([]);
  });

  test('of whom nobody saw who they were nothing is said', () => {
    const nobody = unseenOrigin('no watch');
    expect(
      check.find(site(kind, { changes: weights([vip, 1, 0], [nobody, 0, 1], [vip, 1, 0], [nobody, 0, 1]) })),
    ).toEqual([]);
  });

  test('nor of processes that were gone before they could be looked up: they may be of one program', () => {
    const gone = (pid: number): Origin => ({
      user: 'unknown',
      behind: null,
      from: null,
      by: 'program',
      program: { pid, name: null, command: [] },
    });
    const changes = weights([gone(7), 1, 0], [gone(8), 0, 1], [gone(9), 1, 0], [gone(10), 0, 1]);
    expect(check.find(site(kind, { changes }))).toEqual([]);
  });
});
