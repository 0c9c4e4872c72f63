/** Services with more real servers than the kernel tells of in one datagram: every way of changing them, and back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal } from '../../src/changes/journal/file-journal.ts';
import { performJournalled } from '../../src/changes/journal/perform-journalled.ts';
import type { Intention } from '../../src/changes/plan/intention.ts';
import { makePlan } from '../../src/changes/plan/make-plan.ts';
import type { Plan } from '../../src/changes/plan/plan.ts';
import { planLastUndo } from '../../src/changes/undo/plan-undo.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { flush, ipvsadm, ipvsadmRestore, run } from './guest.ts';

const director = openKernelDirector();
const folder = mkdtempSync(join(tmpdir(), 'lvstop-many-'));
const journal = createFileJournal({ folder, userId: process.geteuid?.() ?? null });
const origin = { user: 'root', behind: null, from: null, by: 'command' } as const;
afterAll(() => {
  director.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(flush);

interface Family {
  readonly name: string;
  /** Real servers on which every way is tried, and those that commands change. */
  readonly sizes: readonly number[];
  readonly commandSize: number;
  readonly service: string;
  realServer(index: number): string;
}

const families: readonly Family[] = [
  {
    name: 'IPv4',
    sizes: [81, 82, 100, 1000],
    commandSize: 82,
    service: '10.1.1.1:80',
    realServer: (index) => `10.9.${index >> 8}.${index & 255}:80`,
  },
  {
    name: 'IPv6',
    sizes: [82, 100],
    commandSize: 1000,
    service: '[2001:db8::1]:80',
    realServer: (index) => `[2001:db8:9::${(index + 1).toString(16)}]:80`,
  },
];

/** The lines of a service with so many real servers, in the order in which they are added. */
function linesOf({ service, realServer }: Family, size: number): string[] {
  return [
    `-A -t ${service} -s wrr`,
    ...Array.from(
      { length: size },
      (_, index) => `-a -t ${service} -r ${realServer(index)} -g -w ${1 + (index % 9)}`,
    ),
  ];
}

/** The table as `ipvsadm -Sn` prints it, in the kernel's order. */
const table = async () => (await ipvsadm('-Sn')).trim();

function perform(plan: Plan, undoes?: string): void {
  const outcome = allAtOnce(
    performJournalled(director, plan, {
      journal,
      origin,
      ...(undoes !== undefined && { undoes }),
    }),
  );
  expect(outcome).toMatchObject({ kind: 'done', deviations: [] });
  expect(outcome.done).toHaveLength(plan.steps.length);
}

function undo(): void {
  const last = allAtOnce(planLastUndo(director, allAtOnce(journal.read(10)).changes));
  if (last === undefined) throw new Error('there is nothing to undo');
  perform(last.plan, last.change.id);
}

describe.each(families)('$name', (family) => {
  const service = parseService(`tcp:${family.service}`);
  const everyRealServer = (size: number, intention: (index: number) => Intention) =>
    Array.from({ length: size }, (_, index) => intention(index));
  const realServer = (index: number) => parseRealServer(family.realServer(index));

  describe.each(family.sizes)('with %d real servers', (size) => {
    const ways: readonly [string, (size: number) => readonly Intention[]][] = [
      ['deleted with its service', () => [{ kind: 'delete service', service }]],
      ['switched to TUN', () => [{ kind: 'switch mode', service, realServer: null, mode: 'tun' }]],
      [
        'edited',
        (count) =>
          everyRealServer(count, (index) => ({
            kind: 'edit real server',
            service,
            realServer: realServer(index),
            change: { weight: 100 },
          })),
      ],
      [
        'deleted one by one',
        (count) =>
          everyRealServer(count, (index) => ({
            kind: 'delete real server',
            service,
            realServer: realServer(index),
          })),
      ],
    ];

    test.each(ways)('all are %s, and taken back', async (way, intentions) => {
      await ipvsadmRestore(linesOf(family, size).join('\n'));
      const before = await table();
      expect(before.split('\n')).toHaveLength(size + 1);
      perform(allAtOnce(makePlan(director, intentions(size))));
      const after = await table();
      if (way === 'deleted with its service') expect(after).toBe('');
      else if (way === 'deleted one by one') expect(after.split('\n')).toHaveLength(1);
      else expect(after.match(way === 'edited' ? / -w 100$/gm : / -i /g)).toHaveLength(size);
      undo();
      // Those that are deleted one by one come back in the order of the plan.
      const inOrder = (text: string) => (way === 'deleted one by one' ? text.split('\n').sort() : text);
      expect(inOrder(await table())).toEqual(inOrder(before));
    });
  });

  test(`commands do so too: ${family.commandSize} are deleted, come back, are pruned, and an addition is undone`, async () => {
    const lines = linesOf(family, family.commandSize);
    const file = join(folder, 'table');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const lvstop = (...args: readonly string[]) => run(['lvstop', ...args, '--yes']);
    await lvstop('apply', file);
    const before = await table();
    expect(before.split('\n')).toHaveLength(family.commandSize + 1);
    await lvstop('delete', 'service', `tcp:${family.service}`);
    expect(await table()).toBe('');
    await lvstop('undo');
    expect(await table()).toBe(before);
    const other = '-A -f 7 -s rr';
    writeFileSync(file, `${other}\n`);
    await lvstop('apply', file, '--prune');
    expect(await table()).toBe(other);
    await lvstop('undo');
    expect(await table()).toBe(before);
    // Of the three changes the addition is the last that is in force.
    await lvstop('undo');
    expect(await table()).toBe('');
  });
});

test('5,000 real servers go with their service, and come back in their order', async () => {
  const [family] = families;
  if (family === undefined) throw new Error('there is no family');
  await ipvsadmRestore(linesOf(family, 5000).join('\n'));
  const before = await table();
  const service = parseService(`tcp:${family.service}`);
  perform(allAtOnce(makePlan(director, [{ kind: 'delete service', service }])));
  expect(await table()).toBe('');
  undo();
  expect(await table()).toBe(before);
});
