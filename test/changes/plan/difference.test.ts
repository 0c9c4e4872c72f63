import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareTable,
  type Difference,
  type DifferenceContext,
} from '../../../src/changes/plan/difference.ts';
import { planDifference } from '../../../src/changes/plan/plan-difference.ts';
import { readTable } from '../../../src/changes/steps/table-state.ts';
import { performPlan } from '../../../src/changes/write/perform-plan.ts';
import type { Director } from '../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { formatIpvsadm, type SavedService } from '../../../src/formats/ipvsadm/ipvsadm.ts';
import { noNames } from '../../../src/formats/names.ts';
import { allAtOnce } from '../../../src/system/turns.ts';
import { addRealServer, addService } from '../../director/table-edits.ts';
import { anyTable, sortedTable } from '../../formats/random-table.ts';
import { readIpvsadm } from '../../formats/reading.ts';

const plain: DifferenceContext = { hasSyncDaemon: false, hasModule: () => false };

const emptyDirector = () => createSimulatedDirector({ now: () => 0, seed: 1, site: 'empty' });

/** A director with the table of a text. */
function directorOf(text: string): Director {
  const director = emptyDirector();
  apply(director, text, true);
  return director;
}

function configurationOf(text: string) {
  const { configuration, problems } = readIpvsadm(text, noNames);
  expect(problems).toEqual([]);
  return configuration;
}

function differenceOf(director: Director, text: string, context = plain): Difference {
  return compareTable(configurationOf(text), readTable(director), context);
}

function planOf(director: Director, text: string, prune: boolean) {
  const present = readTable(director);
  const difference = compareTable(configurationOf(text), present, plain);
  expect(difference.problems).toEqual([]);
  return allAtOnce(planDifference(director, difference, { present, prune }));
}

function apply(director: Director, text: string, prune: boolean): number {
  const plan = planOf(director, text, prune);
  expect(allAtOnce(performPlan(director, plan))).toEqual({
    kind: 'done',
    done: plan.steps,
    deviations: [],
    record: null,
  });
  return plan.steps.length;
}

function tableOf(director: Director): SavedService[] {
  return sortedTable(
    readTable(director).map(({ service, realServers }) => ({
      service,
      realServers: realServers.map(({ realServer }) => realServer),
    })),
  );
}

/** What the simulated kernel has no module for either. */
const missing = ['custom', 'twos'];
const knownTable = anyTable().map((table) =>
  table.filter(({ service }) => !missing.includes(service.scheduler)),
);

test('from any table to any other, and then nothing more', () => {
  fc.assert(
    fc.property(knownTable, knownTable, (before, after) => {
      const director = directorOf(formatIpvsadm(before));
      expect(tableOf(director)).toEqual(sortedTable(before));
      apply(director, formatIpvsadm(after), true);
      expect(tableOf(director)).toEqual(sortedTable(after));
      expect(planOf(director, formatIpvsadm(after), true).steps).toEqual([]);
    }),
  );
});

test('without prune nothing that is there goes, and what is wanted comes', () => {
  fc.assert(
    fc.property(knownTable, knownTable, (before, after) => {
      const director = directorOf(formatIpvsadm(before));
      apply(director, formatIpvsadm(after), false);
      expect(differenceOf(director, formatIpvsadm(after)).changes).toEqual([]);
      const lines = new Set(formatIpvsadm(tableOf(director)).split('\n').map(objectOf));
      for (const line of formatIpvsadm(before).split('\n')) expect(lines).toContain(objectOf(line));
    }),
  );
});

/** What a line of ipvsadm is about, without its settings. */
const objectOf = (line: string) => /^-[Aa] \S+ \S+(?: -6)?(?: -r \S+)?/.exec(line)?.[0] ?? '';

const table = `-A -t 10.0.0.1:80 -s wrr
-a -t 10.0.0.1:80 -r 10.0.0.21:8080 -m -w 1
-a -t 10.0.0.1:80 -r 10.0.0.22:8080 -m -w 5
-a -t 10.0.0.1:80 -r 10.0.0.23:8080 -m -w 3
-A -t 10.0.0.2:80 -s rr
`;

test('additions come first, then rising weights, then the rest; removals come last of all', () => {
  const director = directorOf(`${table}-a -t 10.0.0.1:80 -r 10.0.0.29:8080 -m\n`);
  const { lines, destructive } = planOf(
    director,
    `-A -t 10.0.0.1:80 -s wlc
-a -t 10.0.0.1:80 -r 10.0.0.21:8080 -m -w 0
-a -t 10.0.0.1:80 -r 10.0.0.22:8080 -m -w 9
-a -t 10.0.0.1:80 -r 10.0.0.23:8080 -m -w 3
-a -t 10.0.0.1:80 -r 10.0.0.24:8080 -m
-A -t 10.0.0.3:80
`,
    true,
  );
  expect(lines).toEqual([
    'ipvsadm -E -t 10.0.0.1:80 -s wlc',
    'ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.24:8080 -m -w 1',
    'ipvsadm -e -t 10.0.0.1:80 -r 10.0.0.22:8080 -m -w 9',
    'ipvsadm -e -t 10.0.0.1:80 -r 10.0.0.21:8080 -m -w 0',
    'ipvsadm -A -t 10.0.0.3:80 -s wlc',
    'ipvsadm -d -t 10.0.0.1:80 -r 10.0.0.29:8080',
    'ipvsadm -D -t 10.0.0.2:80',
  ]);
  expect(destructive).toBe(true);
});

test('warnings look at a service as the file makes it', () => {
  const director = directorOf(table);
  const all = table.replace(/-w \d/g, '-w 0');
  expect(planOf(director, all, false)).toMatchObject({
    destructive: true,
    doubtful: false,
    warnings: ['no real server of tcp:10.0.0.1:80 is left with a weight: every new connection is rejected'],
  });
});

describe('what speaks against a change has its line', () => {
  const problemsOf = (text: string, director = directorOf(table), context = plain) =>
    differenceOf(director, text, context).problems.map(({ line, reason }) => `${line}: ${reason}`);

  test.each([
    ['-A -t 10.0.0.9:80 -s wrrr', '1: there is no scheduler "wrrr"'],
    ['-A -t 10.0.0.9:80 -p --pe sipp', '1: there is no persistence engine "sipp"'],
    [
      '-A -t 10.0.0.9:80\n-a -t 10.0.0.9:80 -r 224.0.0.1 -g',
      '2: 224.0.0.1:80 of tcp:10.0.0.9:80: the multicast address 224.0.0.1 cannot be a real server',
    ],
  ])('%s', (text, problem) => {
    expect(problemsOf(`${text}\n`)).toEqual([problem]);
  });

  test('a sync daemon and mixed families', () => {
    const text = '-A -t 10.0.0.9:80\n-a -t 10.0.0.9:80 -r fd00::1 -i\n';
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(text, emptyDirector(), { ...plain, hasSyncDaemon: true })).toEqual([
      '2: [fd00::1]:80 of tcp:10.0.0.9:80: a real server of another address family than its service cannot be added while a sync daemon runs',
    ]);
  });

  test('a scheduler of the operator’s own is known by its module', () => {
    expect(
      problemsOf('-A -t 10.0.0.9:80 -s own\n', emptyDirector(), {
        ...plain,
        hasModule: (name) => name === 'ip_vs_own',
      }),
    ).toEqual([]);
  });

  test('what is odd already and the same in the file does not', () => {
    const director = emptyDirector();
    const text = '-A -f 9 -s rr\n-a -f 9 -r 10.0.0.21:80 -g\n';
    const [service] = configurationOf(text).services;
    if (service === undefined) throw new Error('no service');
    addService(director, service.service);
    for (const { realServer } of service.realServers)
      addRealServer(director, service.service.identity, realServer);
    expect(differenceOf(director, text)).toEqual({
      changes: [],
      surplus: [],
      problems: [],
    });
  });
});

test('a plan of many services reads each of them a few times only', () => {
  const count = 200;
  const text = Array.from({ length: count }, (_, index) =>
    [`-A -f ${index + 1}`, `-a -f ${index + 1} -r 10.0.0.1 -m`, `-a -f ${index + 1} -r 10.0.0.2 -m`].join(
      '\n',
    ),
  ).join('\n');
  const calls = { dumps: 0, questions: 0 };
  const director = emptyDirector();
  const counted = new Proxy(director, {
    get(target, key) {
      if (key === 'realServerBatches') calls.dumps++;
      if (key === 'findService') calls.questions++;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  expect(apply(counted, `${text}\n`, false)).toBe(3 * count);
  expect(calls).toEqual({ dumps: count, questions: 0 });
});
