import { expect, test } from 'vitest';
import { foreignEvent } from '../../../src/changes/events/foreign-change.ts';
import { toldOnce } from '../../../src/changes/events/told-once.ts';
import type { JournalledChange } from '../../../src/changes/journal/journalled-change.ts';
import { type Origin, unseenOrigin } from '../../../src/changes/journal/origin.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';

const began = Date.UTC(2026, 11, 1);
const service = parseService('tcp:203.0.113.10:80');
const ada: Origin = { user: 'root', behind: 'ada', from: null, by: 'command' };
const seen = (name: string | null): Origin => ({
  ...ada,
  by: 'program',
  program: { pid: 7, name, command: [] },
});
const notSeen = unseenOrigin('no watch');

const server = (weight: number, name = '10.0.0.21:80') => ({
  identity: parseRealServer(name),
  ...defaultRealServerSettings,
  weight,
});
const weight = (from: number, to: number, name?: string): Step => ({
  kind: 'set real server',
  service,
  before: server(from, name),
  after: server(to, name),
});

let made = 0;
function journalled(
  second: number,
  steps: readonly Step[],
  state: 'done' | 'failed' = 'done',
): JournalledChange {
  const { change } = foreignEvent({ id: `j${made++}`, time: began + second * 1000, origin: ada, steps });
  if (change === undefined) throw new Error('no change');
  return { ...change, state, done: state === 'done' ? steps.length : 0 };
}
const recorded = (second: number, origin: Origin, steps: readonly Step[]) =>
  foreignEvent({ id: `r${made++}`, time: began + second * 1000, origin, steps });

/** Who did what, in order: `j` by the journal. */
const told = (...events: Parameters<typeof toldOnce>) =>
  toldOnce(...events).map(({ time, text, change }) => `${(time - began) / 1000} ${change?.id[0]} ${text}`);

test('what lvstop was seen doing is told as the journal has it, each time that it did so', () => {
  const twice = [journalled(0, [weight(1, 7)]), journalled(1, [weight(1, 7)])];
  const watched = [0, 1, 2].map((second) => recorded(second, seen('lvstop'), [weight(1, 7)]));
  expect(told(twice, watched)).toEqual([
    expect.stringMatching(/^0 j /),
    expect.stringMatching(/^1 j /),
    // A third one was by another lvstop, whose journal this is not.
    expect.stringMatching(/^2 r /),
  ]);
});

test('the same by another program is told, too', () => {
  expect(told([journalled(0, [weight(1, 7)])], [recorded(5, seen('ipvsadm'), [weight(1, 7)])])).toHaveLength(
    2,
  );
});

test('of two readings only what others did remains', () => {
  const own = [journalled(0, [weight(1, 7)]), journalled(3, [weight(7, 1)]), journalled(5, [weight(1, 7)])];
  const difference = recorded(9, notSeen, [weight(1, 7), weight(1, 3, '10.0.0.22:80')]);
  const events = told(own, [difference]);
  expect(events).toHaveLength(4);
  expect(events.at(-1)).toMatch(/^9 r weight 1 → 3 on 10\.0\.0\.22:80/);
  expect(events.at(-1)).not.toContain('10.0.0.21');
});

test('what was there before and what lvstop has added anew are the same to a reading', () => {
  const anew: Step = { kind: 'add real server', service, after: server(7) };
  expect(told([journalled(0, [anew])], [recorded(9, notSeen, [weight(1, 7)])])).toHaveLength(1);
});

test('long after, or before it, it is somebody else’s', () => {
  const own = [journalled(100, [weight(1, 7)])];
  const others = [recorded(90, notSeen, [weight(1, 7)]), recorded(300, notSeen, [weight(1, 7)])];
  expect(told(own, others)).toHaveLength(3);
});

test('what the kernel has refused lvstop is told once, and is no write of it', () => {
  const own = [journalled(0, [weight(1, 7)], 'failed')];
  const refused = foreignEvent({
    id: 'r',
    time: began,
    origin: seen('lvstop'),
    steps: [],
    refused: { count: 1, errno: 'ENOENT', text: 'edit real server' },
  });
  expect(told(own, [refused, recorded(5, notSeen, [weight(1, 7)])])).toEqual([
    expect.stringMatching(/^0 j .*failed/),
    expect.stringMatching(/^5 r /),
  ]);
});
