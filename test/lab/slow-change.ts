/**
 * Makes a recorded change of many steps on the kernel and is meant to be killed on the way: `node slow-change.ts FOLDER`.
 * Says `begun` on standard output when the record of its intention is on the disk, and a dot for each step.
 */
import { writeSync } from 'node:fs';
import { createFileJournal } from '../../src/changes/journal/file-journal.ts';
import type { Journal } from '../../src/changes/journal/journal.ts';
import { performJournalled } from '../../src/changes/journal/perform-journalled.ts';
import { makePlan } from '../../src/changes/make-plan.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { parseService } from '../../src/ipvs/identity.ts';

const [folder = '', service = '', mode = ''] = process.argv.slice(2);
const director = openKernelDirector();
const kept = createFileJournal({ folder, userId: process.geteuid?.() ?? null });
const journal: Journal = {
  ...kept,
  begin(change) {
    const entry = kept.begin(change);
    writeSync(1, 'begun\n');
    return entry;
  },
};
const plan = makePlan(director, {
  kind: 'switch mode',
  service: parseService(service),
  realServer: null,
  mode: mode === 'tun' ? 'tun' : 'dr',
});
performJournalled(director, plan, {
  journal,
  origin: { user: 'root', behind: 'ada', from: '192.0.2.7', by: 'command' },
});
director.close();
