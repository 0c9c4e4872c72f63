import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IntentRecord } from '../../../src/changes/journal/record.ts';
import { readRecord } from '../../../src/changes/journal/record-schema.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { anyRealServerOf, anyService } from '../../ipvs/arbitraries.ts';

/** A scheduler's name is foreign text; this one pretends that a step ends in it. */
const hostile = '},{"kind":"';

const anySteps = anyService.chain((service) =>
  anyRealServerOf(service.identity).map((realServer): Step[] => [
    { kind: 'add service', after: { ...service, scheduler: hostile } },
    { kind: 'delete service', before: service, realServers: [realServer, realServer] },
    { kind: 'set real server', service: service.identity, before: realServer, after: realServer },
    { kind: 'zero', service: null },
  ]),
);

/** Records of some hundred kilobytes. */
const anyLongRecord = anySteps.map(
  (steps): IntentRecord => ({
    kind: 'intent',
    id: 'deadbeef',
    time: '2026-01-02T03:04:05.000Z',
    origin: { user: 'root', behind: null, from: null, by: 'screen' },
    table: 'a table',
    process: 'a process',
    undoes: null,
    steps: Array.from({ length: 150 }, () => steps).flat(),
  }),
);

const read = (json: string) => allAtOnce(readRecord(Buffer.from(json)));

describe('a long record', () => {
  test('is read in parts as it was written, whatever its texts pretend', () => {
    fc.assert(
      fc.property(anyLongRecord, (record) => {
        const text = Buffer.from(JSON.stringify(record));
        let turns = 0;
        const work = readRecord(text);
        let step = work.next();
        for (; !step.done; step = work.next()) turns++;
        expect(step.value).toEqual(record);
        expect(turns).toBeGreaterThanOrEqual(Math.floor(text.length / 65_536));
      }),
      { numRuns: 20 },
    );
  });

  test('is read too when its fields stand in another order', () => {
    fc.assert(
      fc.property(anyLongRecord, ({ steps, ...fields }) => {
        const turned = steps.map((step) => Object.fromEntries(Object.entries(step).reverse()));
        expect(read(JSON.stringify({ steps, ...fields }))).toEqual({ ...fields, steps });
        expect(read(JSON.stringify({ ...fields, steps: turned }))).toEqual({ ...fields, steps });
      }),
      { numRuns: 10 },
    );
  });

  test('is none when one step is none, or when it is cut off', () => {
    fc.assert(
      fc.property(anyLongRecord, fc.nat(), (record, place) => {
        const steps = record.steps.map((step, index) =>
          index === place % record.steps.length ? { ...step, kind: 'explode' } : step,
        );
        const text = JSON.stringify(record);
        expect(read(JSON.stringify({ ...record, steps }))).toBeUndefined();
        expect(read(text.slice(0, -1))).toBeUndefined();
        expect(read(`${text.slice(0, -2)},]}`)).toBeUndefined();
        expect(read(text.slice(0, text.length - (place % text.length) - 1))).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });
});
