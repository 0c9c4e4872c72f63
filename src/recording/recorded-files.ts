import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { IpvsError } from '../ipvs/error.ts';
import { systemErrorCode, systemErrorReason } from '../system/system-error.ts';
import { fileEnding, RecordedFile } from './recorded-file.ts';
import type { RecordingDamage, Shelf } from './shard.ts';

/** The files of a recording: one, or a folder of them, which may be written to meanwhile. */
export class RecordedFiles implements Shelf {
  readonly path: string;
  #known: ReadonlyMap<string, RecordedFile> = new Map();

  constructor(path: string) {
    this.path = path;
  }

  look() {
    const files = new Map<string, RecordedFile>();
    const refused: RecordingDamage[] = [];
    for (const path of filesAt(this.path)) {
      const found = this.#known.get(path) ?? RecordedFile.open(path);
      if (!(found instanceof RecordedFile)) {
        refused.push(found);
        continue;
      }
      if (found.hasGrown) found.reread();
      files.set(path, found);
    }
    this.#known = files;
    return { shards: [...files.values()], refused };
  }
}

/** Paths of the files of a recording, in order. */
function filesAt(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith(fileEnding))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw refusal(path, systemErrorReason(code));
  }
}

/** Why there is no recording at a path. */
export function refusal(path: string, reason: string): IpvsError {
  return IpvsError.input(
    'bad-file',
    'read the recording',
    path,
    reason,
    'name a folder or a file that lvstop record has written',
  );
}
