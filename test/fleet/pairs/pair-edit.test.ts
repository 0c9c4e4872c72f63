import { expect, test } from 'vitest';
import { outcomeLines } from '../../../src/fleet/pairs/outcome-text.ts';
import { editPair } from '../../../src/fleet/pairs/pair-edit.ts';
import { planPair } from '../../../src/fleet/pairs/plan-pair.ts';
import { settingsOf } from '../../changes/edits.ts';
import { SimulatedPair } from './simulated-pair.ts';

const table = {
  'tcp:203.0.113.10:80': [
    { scheduler: 'wrr' },
    ['10.0.0.21:80', { weight: 3 }],
    ['10.0.0.22:80', { weight: 1 }],
  ],
} as const;

const command = ['weight', 'tcp:203.0.113.10:80', '10.0.0.21:80', '0'];

async function edit(pair: SimulatedPair) {
  const planned = await planPair(pair.hosts, command, undefined);
  return editPair({ pair: planned, command, id: '1f2e3d4c', within: 60 }, pair.surroundings);
}

test('the standby is written first, then the active one, and both keep it once it is confirmed', async () => {
  const pair = new SimulatedPair(table);
  const before = settingsOf(pair.directors[0]);
  const outcome = await edit(pair);
  expect(outcome.kind).toBe('both as planned');
  const writes = pair.calls.filter((call) => call.includes('--planned'));
  expect(writes.map((call) => call.slice(0, 10))).toEqual(['lb1: weigh', 'lb2: weigh']);
  await pair.pass(120_000);
  expect(settingsOf(pair.directors[0])).toEqual(settingsOf(pair.directors[1]));
  expect(settingsOf(pair.directors[0])).not.toEqual(before);
  for (const place of [0, 1] as const) {
    const { out } = await pair.run(place, ['journal', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      changes: [{ id: '1f2e3d4c', state: 'done', confirmation: { verdict: 'confirmed' }, undoneBy: null }],
    });
  }
});

/** The calls of an edit that nothing disturbs, to find the place of one. */
async function callsOf(): Promise<readonly string[]> {
  const pair = new SimulatedPair(table);
  await edit(pair);
  return pair.calls;
}

const isWriteOn = (host: string) => (call: string) =>
  call.startsWith(`${host}: weight`) && call.includes('--planned');

test('one that stays cut off after it was written is told as diverged, with the commands for each', async () => {
  const at = (await callsOf()).findIndex(isWriteOn('lb2'));
  const pair = new SimulatedPair(table);
  const planned = await planPair(pair.hosts, command, undefined);
  pair.trouble = { at: at + 1, kind: 'cut off' };
  const outcome = await editPair({ pair: planned, command, id: '1f2e3d4c', within: 60 }, pair.surroundings);
  const cutHost = pair.calls[at + 1]?.slice(0, 3);
  const lines = outcomeLines(outcome, planned, '1f2e3d4c', command.join(' '));
  expect(lines).toEqual([
    `DIVERGED: ${cutHost}: there was no connection, or it was lost`,
    ...['lb1', 'lb2'].map((host) =>
      host === cutHost
        ? `  ${host}: not reached; it takes back by itself what is not confirmed`
        : `  ${host}: as before`,
    ),
    'to have both as before:',
    `  lvstop --host ${cutHost} undo 1f2e3d4c --yes`,
    'to have both as planned:',
    ...['lb1', 'lb2'].map((host) => `  lvstop --host ${host} ${command.join(' ')}`),
  ]);
  expect(outcome.stands.map(({ stand }) => stand)).toContain('unseen');
});

test('where one look takes longer than there is time, the one that can be reached is asked all the same', async () => {
  const at = (await callsOf()).findIndex(isWriteOn('lb2'));
  const pair = new SimulatedPair(table);
  const before = settingsOf(pair.directors[0]);
  const planned = await planPair(pair.hosts, command, undefined);
  pair.trouble = { at, kind: 'lost after' };
  const isCutOff = () => pair.calls.length > at + 1;
  const [first, second] = planned;
  const outcome = await editPair(
    {
      pair: [
        first,
        {
          ...second,
          host: {
            ...second.host,
            call: async (words) => {
              if (!isCutOff()) return second.host.call(words);
              await pair.pass(90_000);
              return { exitCode: 3, out: '', err: ['there was no connection'] };
            },
          },
        },
      ],
      command,
      id: '1f2e3d4c',
      within: 60,
    },
    pair.surroundings,
  );
  expect(outcome.kind).toBe('diverged');
  expect(pair.calls).toContainEqual(expect.stringMatching(/^lb1: undo 1f2e3d4c/));
  expect(outcome.stands.map(({ stand }) => stand)).toEqual(['before', 'unseen']);
  expect(settingsOf(pair.directors[0])).toEqual(before);
});

test('roles that change between the two writes end it as before', async () => {
  const at = (await callsOf()).findIndex(isWriteOn('lb1')) + 1;
  const pair = new SimulatedPair(table);
  pair.trouble = { at, kind: 'failover' };
  const outcome = await edit(pair);
  expect(outcome).toMatchObject({
    kind: 'both as before',
    exitCode: 4,
    reason: expect.stringMatching(/^lb[12] was (standby|active), and is (active|standby) now$/),
  });
});
