import { join } from 'node:path';
import * as v from 'valibot';
import {
  type ForesightRecord,
  foresightRecordInMemory,
  withChanges,
} from '../../foresight/foresight-record.ts';
import type { ForetoldChange } from '../../foresight/foretold-change.ts';
import { readPrivateFile, writePrivateFile } from '../../system/private-file.ts';
import { type Account, processAccount } from '../context/account.ts';
import { stateFolder } from './state-folder.ts';

/** Longest file that is read, in bytes. */
const longestFile = 2 ** 21;

const serversOf = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.array(v.object({ name: v.string(), share: v.number(), active: v.number(), ...entries }));

const fileSchema = v.object({
  version: v.literal(1),
  changes: v.array(
    v.object({
      id: v.string(),
      service: v.string(),
      time: v.number(),
      seconds: v.number(),
      settings: v.string(),
      servers: serversOf({ given: v.number() }),
      seen: v.nullable(
        v.variant('kind', [
          v.object({ kind: v.literal('compared'), servers: serversOf({}) }),
          v.object({ kind: v.literal('not compared'), reason: v.string() }),
        ]),
      ),
    }),
  ),
});

/** The account's record of foresights, beside its journal; in memory where it has no folder for it. */
export function foresightRecordOf(account: Account = processAccount()): ForesightRecord {
  const folder = stateFolder(account);
  return folder === null ? foresightRecordInMemory() : openForesightFile(folder, account.userId);
}

/** The file in a state folder. */
export function openForesightFile(folder: string, userId: number | null): ForesightRecord {
  const path = join(folder, 'foresight.json');
  const rules = { userId, longest: longestFile };
  const all = (): readonly ForetoldChange[] => {
    const file = readPrivateFile(path, rules);
    return file.kind === 'text' ? changesIn(file.text) : [];
  };
  return {
    all,
    keep(changes) {
      const text = JSON.stringify({ version: 1, changes: withChanges(all(), changes) });
      try {
        writePrivateFile(path, `${text}\n`, { ...rules, keepFormer: null });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
      }
    },
  };
}

/** The changes in a file's text; none where it is not what lvstop writes. */
function changesIn(text: string): readonly ForetoldChange[] {
  try {
    const { output, success } = v.safeParse(fileSchema, JSON.parse(text));
    return success ? output.changes : [];
  } catch {
    return [];
  }
}
