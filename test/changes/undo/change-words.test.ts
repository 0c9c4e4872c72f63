import { expect, test } from 'vitest';
import type { Step } from '../../../src/changes/steps/step.ts';
import { describeObjects } from '../../../src/changes/undo/change-words.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { real, web } from '../table.ts';

const server = { ...defaultRealServerSettings, identity: real('10.0.0.21:80') };
const name = '10.0.0.21:80 of tcp:203.0.113.10:80';
const told = (...steps: readonly Step[]) => allAtOnce(describeObjects({ steps }));

test('what was added or deleted has no field that changed', () => {
  const there = 'DR, weight 1';
  expect(told({ kind: 'add real server', service: web, after: server })).toEqual([
    { name, before: 'not there', after: there, fields: [] },
  ]);
  const connections = { active: 0, inactive: 0 };
  expect(told({ kind: 'delete real server', service: web, before: server, connections })).toEqual([
    { name, before: there, after: 'not there', fields: [] },
  ]);
});

test('what was edited tells its fields, and counters that were zeroed how often', () => {
  const edit = {
    kind: 'set real server',
    service: web,
    before: server,
    after: { ...server, weight: 7 },
  } as const;
  expect(told(edit)).toEqual([
    { name, before: 'DR, weight 1', after: 'DR, weight 7', fields: ['weight 1 → 7'] },
  ]);
  expect(told(edit, { kind: 'zero', service: web })).toContainEqual({
    name: 'counters',
    before: 'not kept',
    after: 'zeroed by 1 step',
    fields: [],
  });
});
