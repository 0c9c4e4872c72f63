/**
 * `npm run test:faults`: lvstop with calls that fail, killed, on full disks, and with inputs of every kind. On this
 * machine it works on a table in a file, with `--lab` on the lab's kernel.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawn } from '../drawn.ts';
import { boot, LabUnavailable } from '../lab/boot.ts';
import { isGuest } from '../lab/guest.ts';
import { type Outcome, sumOf } from '../report.ts';
import { diskCaseName, disks, tryOnDisk } from './disks.ts';
import { deaths, failingCalls } from './disturbances.ts';
import { type Ground, hostGround, labGround } from './ground.ts';
import { type Operation, operations } from './operations.ts';
import { sceneCaseName, sceneCases, scenes, tryScene } from './screen.ts';
import { caseName, tryDisturbed, type Verdict } from './try.ts';

/** Something that is tried. */
interface Case {
  readonly name: string;
  readonly try: () => Promise<Verdict>;
}

/** What can be asked for. */
interface Part {
  readonly help: string;
  /** How many are tried when no number is given. */
  readonly count: number;
  /** How many `npm test` tries. */
  readonly shortCount: number;
  readonly cases: (ground: Ground, operations: readonly Operation[]) => Promise<readonly Case[]>;
}

async function forEach<Thing>(
  things: readonly Thing[],
  list: (thing: Thing) => Promise<readonly Case[]>,
): Promise<readonly Case[]> {
  const found: Case[] = [];
  for (const thing of things) found.push(...(await list(thing)));
  return found;
}

const parts: Readonly<Record<string, Part>> = {
  calls: {
    help: 'each call on a file fails, in each way that it can',
    count: Number.POSITIVE_INFINITY,
    shortCount: 16,
    cases: (ground, chosen) =>
      forEach(chosen, async (operation) =>
        (await failingCalls(ground, operation)).map((one) => ({
          name: caseName(one),
          try: () => tryDisturbed(ground, one),
        })),
      ),
  },
  kills: {
    help: 'SIGKILL at moments drawn by the seed',
    count: 200,
    shortCount: 10,
    cases: (ground, chosen) =>
      forEach(chosen, async (operation) =>
        (await deaths(ground, operation)).map((one) => ({
          name: caseName(one),
          try: () => tryDisturbed(ground, one),
        })),
      ),
  },
  disks: {
    help: 'disks that are full to some pages, or read-only; needs the right to mount',
    count: Number.POSITIVE_INFINITY,
    shortCount: 6,
    cases: async (ground, chosen) =>
      chosen.flatMap((operation) =>
        disks.map((disk) => ({
          name: diskCaseName({ operation, disk }),
          try: () => tryOnDisk(ground, { operation, disk }),
        })),
      ),
  },
  screen: {
    help: 'the screen in a terminal, while the calls of an edit and of its settings fail',
    count: Number.POSITIVE_INFINITY,
    shortCount: 4,
    cases: (ground) =>
      forEach(scenes, async (scene) =>
        (await sceneCases(ground, scene)).map((one) => ({
          name: sceneCaseName(one),
          try: () => tryScene(ground, one),
        })),
      ),
  },
};

/** The fuzzers are a program of their own, with tests of their own for `npm test`. */
const fuzzers = join(import.meta.dirname, 'fuzz/run.ts');

const USAGE = `usage: npm run test:faults -- [PART…] [OPTION…]

${Object.entries(parts)
  .map(([name, { help }]) => `  ${name.padEnd(14)} ${help}`)
  .join('\n')}
  fuzz           inputs of every kind for the decoder, the readers, the journal and the keys

  --operation N  only of this operation: ${operations.map(({ name }) => name).join(', ')}
  --count N      so many of each part, drawn by the seed
  --seed N       which ones (1)
  --short        as few as in npm test
  --lab          on the lab's kernel and not on a table in a file
  --only TEXT    only cases whose name holds this, as a failure prints it
  --list         print their names and try none
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    operation: { type: 'string' },
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
    lab: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Tries a part and prints what failed, each with the words that repeat it. */
async function runPart(ground: Ground, name: string, part: Part): Promise<Outcome> {
  const chosen = operations.filter((one) => (values.operation ?? one.name) === one.name);
  const all = (await part.cases(ground, chosen)).filter((one) => one.name.includes(values.only));
  const count = Number(values.count ?? (values.short ? part.shortCount : part.count));
  const cases = drawn(all, count, Number(values.seed));
  if (values.list) {
    for (const one of cases) console.log(`${name} ${one.name}`);
    return sumOf([]);
  }
  const counts = { passed: 0, failed: 0, missed: 0 };
  for (const one of cases) {
    const verdict = await one.try().catch(
      (error): Verdict => ({
        kind: 'failed',
        problems: [error instanceof Error ? error.message : String(error)],
      }),
    );
    if (verdict.kind === 'held') counts.passed++;
    else if (verdict.kind === 'missed') counts.missed++;
    else {
      counts.failed++;
      console.log(`✗ ${one.name}\n    ${verdict.problems.join('\n').replaceAll('\n', '\n    ')}`);
      console.log(`    again: npm run test:faults -- ${name} --only '${one.name}'`);
    }
  }
  const { passed, failed, missed } = counts;
  console.log(
    `faults, ${name}, ${ground.name}: ${passed} held, ${failed} failed, ${missed} did not come up again, of ${all.length}`,
  );
  return { passed, failed: failed + (passed + failed === 0 ? 1 : 0), stumbles: [] };
}

function runFuzzers(): Outcome {
  const count = values.count === undefined ? [] : ['--count', values.count];
  const words = [fuzzers, ...count, '--seed', values.seed];
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, stumbles: [] };
}

/** Seconds that the lab may take for all parts. */
const labLimit = 7200;

/** The same words in the lab. */
async function inLab(): Promise<number> {
  const words = process.argv.slice(2).filter((word) => word !== '--lab');
  const { exitCode, outcome, kernelLog } = await boot({
    command: ['test/lab/site/director.sh', 'network', 'node', 'test/faults/run.ts', ...words],
    memory: 1536,
    timeLimit: labLimit,
  });
  if (outcome !== 'exited')
    console.log(`${kernelLog}\nfaults: the guest ended before its tests did (${outcome})`);
  return exitCode;
}

/** Mounting is done in a namespace of its own, so that nothing of it is left. */
function inOwnMounts(): number {
  // Whoever is root stays it in all respects: the kernel's IPVS asks for that.
  const apart = ['--mount', ...(process.geteuid?.() === 0 ? [] : ['--map-root-user'])];
  const canMount = spawnSync('unshare', [...apart, 'true']).status === 0;
  const [program = '', ...words] = [
    ...(canMount ? ['unshare', ...apart] : []),
    process.execPath,
    ...process.argv.slice(1),
  ];
  const { status } = spawnSync(program, words, {
    stdio: 'inherit',
    env: { ...process.env, LVSTOP_FAULTS_MOUNTS: canMount ? 'own' : 'none' },
  });
  return status ?? 1;
}

async function main(): Promise<number> {
  const unknown = positionals.find((name) => name !== 'fuzz' && parts[name] === undefined);
  if (values.help || unknown !== undefined) {
    console.log(unknown === undefined ? USAGE : `there is no part "${unknown}"\n${USAGE}`);
    return unknown === undefined ? 0 : 2;
  }
  if (values.lab) return inLab();
  if (process.env.LVSTOP_FAULTS_MOUNTS === undefined) return inOwnMounts();
  const ground = isGuest() ? labGround() : await hostGround();
  const outcomes: Outcome[] = [];
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (name === 'disks' && process.env.LVSTOP_FAULTS_MOUNTS === 'none')
        console.log('*** DISKS SKIPPED: this user may not mount; the lab may ***');
      else if (positionals.length === 0 || positionals.includes(name))
        outcomes.push(await runPart(ground, name, part));
    }
    const isFuzzed = positionals.length === 0 ? !values.short : positionals.includes('fuzz');
    if (isFuzzed && !isGuest() && !values.list && existsSync(fuzzers)) outcomes.push(runFuzzers());
  } finally {
    ground.remove();
  }
  const { passed, failed } = sumOf(outcomes);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabUnavailable) || process.env.LVSTOP_LAB === 'required') throw error;
  console.log(`\n*** FAULTS SKIPPED: no call was made to fail. ${error.message} ***\n0 passed, 0 failed`);
}
