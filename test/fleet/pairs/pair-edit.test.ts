import { expect, test } from 'vitest';
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
