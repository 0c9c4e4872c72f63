/** Changes of tens of thousands of steps: small on disk, kept as long as they are needed, and bounded when read. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal, type FileJournalOptions } from '../../../src/changes/journal/file-journal.ts';
import { newChangeId } from '../../../src/changes/journal/memory-journal.ts';
import type { Origin } from '../../../src/changes/journal/origin.ts';
import { mostStepBytes, packSteps, unpackPart } from '../../../src/changes/journal/packed-steps.ts';
import { encodeFrame, scanFrames } from '../../../src/changes/journal/record-frame.ts';
import { readRecord } from '../../../src/changes/journal/record-schema.ts';
import type { Step } from '../../../src/changes/steps/step.ts';
import { parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { web } from '../table.ts';
import { deadIntent, endOf, writeRecords } from './dead-process.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-large-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const origin: Origin = { user: 'root', behind: 'ada', from: null, by: 'command' };
const open = (options: Partial<FileJournalOptions> = {}) =>
  createFileJournal({ folder, userId: process.geteuid?.() ?? null, ...options });
const current = () => join(folder, 'changes.journal');
const read = () => allAtOnce(open().read(Infinity));
const ids = () => read().changes.map(({ id }) => id);
const sizes = () => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/** Edits of so many real servers. */
const edits = (amount: number): Step[] =>
  Array.from({ length: amount }, (_, index) => {
    const server = (weight: number) => ({
      identity: {
        family: 'inet' as const,
        address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
        port: 80,
      },
      ...defaultRealServerSettings,
      weight,
    });
    return { kind: 'set real server', service: web, before: server(1), after: server(2) };
  });

function record(
  steps: readonly Step[],
  options: Partial<FileJournalOptions> = {},
  undoes: string | null = null,
): string {
  const entry = allAtOnce(open(options).begin({ origin, undoes, steps }));
  const end = { state: 'done', done: steps.length, reason: null, deviations: [] } as const;
  expect(allAtOnce(entry.end(end))).toBeUndefined();
  return entry.id;
}

const small = edits(1);
const many = edits(36_000);
/** A difference in one of them would be megabytes to print. */
const isMany = (steps: readonly Step[] | undefined) => isDeepStrictEqual(steps, many);

describe('a change of 36,000 steps', () => {
  test('is small on disk, and is there with all its steps and its history after the next changes', () => {
    const before = record(small);
    const large = record(many);
    const after = [record(small), record(small)];
    expect(sizes()).toBeLessThan(2 * 2 ** 20);
    const { changes, damages, problem } = read();
    expect({ damages, problem }).toEqual({ damages: [], problem: null });
    expect(changes.map(({ id }) => id)).toEqual([...after.reverse(), large, before]);
    expect(isMany(changes[2]?.steps)).toBe(true);
  }, 60_000);

  test('that version 0.1 wrote, of more than all may be, stays when the next one begins', () => {
    const intent = deadIntent(many);
    writeRecords(current(), intent, endOf(intent));
    expect(statSync(current()).size).toBeGreaterThan(16 * 2 ** 20);
    const next = record(small, {}, intent.id);
    const { changes } = read();
    expect(changes.map(({ id }) => id)).toEqual([next, intent.id]);
    expect(changes[1]).toMatchObject({ undoneBy: next });
    expect(isMany(changes[1]?.steps)).toBe(true);
  }, 60_000);
});

describe('when all are over their limit', () => {
  const tight = { room: { fileLimit: 1, totalLimit: 1, unpackedLimit: 1 } };

  test('the newest change stays, and the one that is being undone', () => {
    const undone = record(small, tight);
    const newest = record(small, tight);
    expect(ids()).toEqual([newest, undone]);
    const undo = record(small, tight, undone);
    // Both were needed when it began.
    expect(ids()).toEqual([undo, newest, undone]);
    const last = record(small, tight);
    expect(ids()).toEqual([last, undo]);
  });

  test('files that hold no change do not count as the newest', () => {
    const newest = record(small);
    writeRecords(join(folder, 'changes.00000009.00000000.journal'), { kind: 'nothing' });
    const next = record(small, tight);
    expect(ids()).toEqual([next, newest]);
  });

  test('what they are unpacked counts too, and a large one begins a file of its own', () => {
    const steps = edits(20_000);
    const room = { room: { unpackedLimit: 20 * 2 ** 20 } };
    const all = [1, 2, 3, 4].map(() => record(steps, room));
    expect(sizes()).toBeLessThan(2 * 2 ** 20);
    const kept = ids();
    expect(kept.length).toBeGreaterThan(1);
    expect(kept).toEqual(all.reverse().slice(0, kept.length));
    expect(kept.length).toBeLessThan(4);
  }, 60_000);

  test('the oldest go by what they are on disk', () => {
    const all = Array.from({ length: 40 }, () =>
      record(small, { room: { fileLimit: 3000, totalLimit: 9000 } }),
    );
    const kept = ids();
    expect(sizes()).toBeLessThan(9000 + 4500);
    expect(kept).toEqual(all.reverse().slice(0, kept.length));
    expect(kept.length).toBeGreaterThan(5);
  });
});

describe('a packed record', () => {
  const intentOf = (more: object) => {
    const { steps: _, ...fields } = deadIntent([]);
    return { ...fields, ...more };
  };
  const readBack = (value: object) => {
    const [frame] = allAtOnce(scanFrames(allAtOnce(encodeFrame(value)))).frames;
    return frame && allAtOnce(readRecord(frame.text));
  };
  const pack = (json: string) => deflateRawSync(json).toString('base64');
  const step = JSON.stringify({ kind: 'zero', service: null });

  test('has parts that end with a step, so that each can be read alone', () => {
    const { parts = [] } = allAtOnce(packSteps(many)) ?? {};
    expect(parts.length).toBeGreaterThan(100);
    const steps = parts.flatMap((part) => JSON.parse(`[${unpackPart(part)?.toString().replace(/^,/, '')}]`));
    expect(isMany(steps)).toBe(true);
  });

  test('is read wherever its parts were cut', () => {
    const texts = [...small, { kind: 'zero', service: null } as const, ...edits(3)].map((one) =>
      JSON.stringify(one),
    );
    const json = texts.join(',');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: json.length - 1 }), { maxLength: 12 }), (places) => {
        const cuts = [0, ...new Set(places.sort((left, right) => left - right)), json.length];
        const parts = cuts.slice(1).map((end, index) => pack(json.slice(cuts[index], end)));
        const read = readBack(intentOf({ stepBytes: json.length, packedSteps: parts }));
        expect(read).toMatchObject({ kind: 'intent', steps: JSON.parse(`[${json}]`) });
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['more than it says', { stepBytes: step.length - 1, packedSteps: [pack(step)] }],
    ['less than it says', { stepBytes: step.length + 1, packedSteps: [pack(step)] }],
    ['more parts than it needs', { stepBytes: step.length, packedSteps: [pack(step), pack(step)] }],
    ['no base64 of deflate', { stepBytes: step.length, packedSteps: ['nonsense'] }],
    ['an empty part', { stepBytes: step.length, packedSteps: ['', pack(step)] }],
    ['no steps', { stepBytes: 6, packedSteps: [pack('{"a":1}'.slice(0, 6))] }],
    ['a part that is no text', { stepBytes: step.length, packedSteps: [{ a: 1 }] }],
    ['more than a record may be', { stepBytes: mostStepBytes + 1, packedSteps: [pack(step)] }],
    ['a field after them', { stepBytes: step.length, packedSteps: [pack(step)], more: 1 }],
  ])('with %s is none', (_, fields) => {
    expect(readBack(intentOf(fields))).toBeUndefined();
  });

  test('whose parts would become more than they can have been is given up', () => {
    const most = 128 * 1024;
    expect(unpackPart(pack(' '.repeat(most)))?.length).toBe(most);
    expect(unpackPart(pack(' '.repeat(most + 1)))).toBeUndefined();
    const bomb = pack(' '.repeat(8 * 2 ** 20));
    expect(bomb.length).toBeLessThan(12_000);
    expect(unpackPart(bomb)).toBeUndefined();
    expect(unpackPart('A'.repeat(2 ** 20))).toBeUndefined();
  });

  test('that says that it is long counts as that, and what is too much for one reading is left out', () => {
    const lies = () => intentOf({ id: newChangeId(), stepBytes: mostStepBytes, packedSteps: [pack(step)] });
    const older = join(folder, 'changes.00000001.00000000.journal');
    writeRecords(older, deadIntent(small));
    writeRecords(current(), deadIntent(small), lies(), lies(), lies());
    const { changes, damages, problem } = read();
    expect(changes).toEqual([]);
    expect(damages).toMatchObject([{ kind: 'damaged' }, { kind: 'damaged' }]);
    expect(problem).toBe(
      `${current()}: its older changes are not read: together they are longer than 320 MiB; ${older} and what is older is not read: together they are longer than 320 MiB`,
    );
    expect(allAtOnce(open().readUnfinished(50))).toEqual([]);
  });

  test('of a service with very many real servers, which is one step, is packed too', () => {
    const realServers = many
      .slice(0, 5000)
      .flatMap((one) => (one.kind === 'set real server' ? [one.before] : []));
    const service = { identity: parseService('fwm:7'), ...defaultServiceSettings };
    const steps: Step[] = [{ kind: 'delete service', before: service, realServers }];
    record(steps);
    expect(statSync(current()).size).toBeLessThan(200_000);
    expect(read().changes[0]?.steps).toEqual(steps);
    expect(readFileSync(current(), 'latin1')).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test('that would be longer than a record may be is refused before the kernel is asked', () => {
    const name = 'x'.repeat(2 ** 20);
    const long = Array.from({ length: 150 }, () => ({ ...small[0], name })) as unknown as Step[];
    expect(() => record(long)).toThrow(
      'a record of more than 128 MiB is too long; make the change in several parts',
    );
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);
});
