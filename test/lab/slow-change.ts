/**
 * Makes a recorded change of many steps on the kernel and is meant to be killed on the way:
 * `node slow-change.ts FOLDER SERVICE MODE [WRITES]`. Says `begun` on standard output when the record of its intention
 * is on the disk, and kills itself after so many writes, possibly none, where a number is given.
 */
import { writeSync } from 'node:fs';
import { createFileJournal } from '../../src/changes/journal/file-journal.ts';
import type { Journal } from '../../src/changes/journal/journal.ts';
import { performJournalled } from '../../src/changes/journal/perform-journalled.ts';
import { makePlan } from '../../src/changes/plan/make-plan.ts';
import type { Director } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { parseService } from '../../src/ipvs/identity.ts';
import { allAtOnce } from '../../src/system/turns.ts';

const [folder = '', service = '', mode = '', last = ''] = process.argv.slice(2);
const kernel = openKernelDirector();
const director = last === '' ? kernel : mortal(kernel, Number(last));
const kept = createFileJournal({ folder, userId: process.geteuid?.() ?? null });
const journal: Journal = {
  ...kept,
  *begin(change) {
    const entry = yield* kept.begin(change);
    writeSync(1, 'begun\n');
    return entry;
  },
};
const plan = allAtOnce(
  makePlan(director, [
    {
      kind: 'switch mode',
      service: parseService(service),
      realServer: null,
      mode: mode === 'tun' ? 'tun' : 'dr',
    },
  ]),
);
allAtOnce(
  performJournalled(director, plan, {
    journal,
    origin: { user: 'root', behind: 'ada', from: '192.0.2.7', by: 'command' },
  }),
);
director.close();

/** The director, which dies with the write of that number, done and not yet noted, or before the first one. */
function mortal(living: Director, lastWrite: number): Director {
  let writes = 0;
  return new Proxy(living, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        if (key === 'write' && lastWrite === 0) process.kill(process.pid, 'SIGKILL');
        const answer = Reflect.apply(value, target, given);
        if (key === 'write' && ++writes === lastWrite) process.kill(process.pid, 'SIGKILL');
        return answer;
      };
    },
  });
}
