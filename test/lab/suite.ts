/** The lab's tests: every file in a guest of its own, as many guests at a time as there are processors. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { broken, type Outcome, readReport, reportTo, sumOf } from '../report.ts';
import { boot, checkout, LabUnavailable } from './boot.ts';
import { fetchPackages } from './kernel/packages.ts';

/** How much is tried, where that is said: texts that formats.test.ts makes up, probes and real servers of probe.test.ts. */
const { LVSTOP_TEXTS, LVSTOP_PROBES, LVSTOP_PROBED } = process.env;
/** Of test/lab/twin.test.ts. */
const { LVSTOP_STEPS, LVSTOP_SEED } = process.env;
/** Of test/lab/watch.test.ts. */
const { LVSTOP_CHANGES, LVSTOP_UNDOS, LVSTOP_KILLS, LVSTOP_COST } = process.env;
/** Of test/lab/pairs.test.ts and test/lab/keepalived.test.ts. */
const { LVSTOP_TROUBLES, LVSTOP_EDITS } = process.env;
/** Of test/lab/foresight.test.ts and test/lab/schedulers.test.ts. */
const { LVSTOP_FORETOLD, LVSTOP_CONNECTIONS } = process.env;
const amounts = Object.fromEntries(
  Object.entries({
    LVSTOP_TEXTS,
    LVSTOP_PROBES,
    LVSTOP_PROBED,
    LVSTOP_STEPS,
    LVSTOP_SEED,
    LVSTOP_CHANGES,
    LVSTOP_UNDOS,
    LVSTOP_KILLS,
    LVSTOP_COST,
    LVSTOP_TROUBLES,
    LVSTOP_EDITS,
    LVSTOP_FORETOLD,
    LVSTOP_CONNECTIONS,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined),
);
/** Seconds that one file's guest may take; the longest usually takes a third of it. */
const TIME_LIMIT = 1200;
/** A guest can hang or die without a fault of the tests: it is booted anew once. */
const ATTEMPTS = 2;
/** A guest's memory in megabytes. */
const MEMORY = 1536;

/**
 * Runs test files of the lab and prints each one's output when it has ended. Undefined when there is no lab here and
 * none is required.
 * @param vitest program and arguments that run vitest.
 * @param files paths below the checkout.
 * @param extra further arguments for vitest.
 */
export async function runInGuests(
  vitest: readonly string[],
  files: readonly string[],
  extra: readonly string[],
): Promise<Outcome | undefined> {
  try {
    fetchPackages();
  } catch (error) {
    if (error instanceof LabUnavailable && process.env.LVSTOP_LAB !== 'required') {
      console.log(`\n*** LAB SKIPPED: nothing was tried on a real IPVS kernel. ${error.message} ***\n`);
      return undefined;
    }
    return broken(`lab: ${error instanceof Error ? error.message : String(error)}`);
  }
  // The greatest file first: the last guest to end shall not be one that began late and takes long.
  const queue = files.toSorted((one, other) => sizeOf(other) - sizeOf(one));
  const outcomes: Outcome[] = [];
  const takeFromQueue = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      outcomes.push(await runInGuest(vitest, file, extra));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, takeFromQueue));
  return sumOf(outcomes);
}

function sizeOf(file: string): number {
  return statSync(join(checkout, file)).size;
}

async function runInGuest(
  vitest: readonly string[],
  file: string,
  extra: readonly string[],
): Promise<Outcome> {
  const results = mkdtempSync(join(tmpdir(), 'lvstop-test-'));
  const output: Buffer[] = [];
  try {
    const report = join(results, 'report.json');
    const colours = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
    const run = [...vitest, 'run', '--project', 'lab', ...reportTo(report), ...extra, file];
    for (let attempt = 1; ; attempt++) {
      const { exitCode, outcome, kernelLog } = await boot({
        command: ['test/lab/site/director.sh', 'network', ...run],
        env: { TERM: process.env.TERM ?? 'dumb', ...colours, ...amounts },
        memory: MEMORY,
        timeLimit: TIME_LIMIT,
        writable: [results],
        onOutput: (text) => output.push(text),
      });
      console.log(Buffer.concat(output.splice(0)).toString().trim());
      if (outcome === 'exited') return readReport(file, exitCode, report);
      console.log(kernelLog);
      const ended = broken(`${file}: the guest ended before its tests did (${outcome})`);
      if (attempt === ATTEMPTS) return ended;
    }
  } catch (error) {
    return broken(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}
