import { lstatSync } from 'node:fs';
import type { SavedTablePlace, SavedTableReading } from '../../changes/saved/saved-table-place.ts';
import { formatIpvsadmInParts } from '../../formats/ipvsadm/ipvsadm.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { enteredNamespace } from '../context/entered-namespace.ts';
import { readTableOfSources, sourceAt } from './read-saved-table.ts';
import { saveText } from './save-text.ts';
import { fileTitle, readPresentText } from './saved-table-file.ts';
import { noPlaceIn, usualPlace } from './saved-table-places.ts';

/**
 * The file that the table is made from at boot, as ipvsadm writes it. Its path is looked up each time, since the file
 * can come and go.
 */
export function savedTableAt(place: () => string = usualPlace): SavedTablePlace {
  const netns = enteredNamespace();
  if (netns !== null) return noSavedTable(noPlaceIn(netns));
  return {
    get title() {
      return fileTitle(place());
    },
    stamp: () => stampOf(place()),
    read: () => readFrom(place()),
    *save(services, stamp) {
      const path = place();
      let text = '';
      for (const part of formatIpvsadmInParts(services)) {
        text += part;
        yield;
      }
      if (stamp !== null && stampOf(path) !== stamp) throw changedMeanwhile(path);
      return yield* saveText(path, text);
    },
  };
}

/** The place of a table that is not made at boot: there is no file, and saving throws `error`. */
function noSavedTable(error: IpvsError): SavedTablePlace {
  return {
    title: 'no file',
    stamp: () => 'none',
    read: () => Promise.resolve({ kind: 'no place', error }),
    // biome-ignore lint/correctness/useYield: there is nothing to wait for
    *save() {
      throw error;
    },
  };
}

async function readFrom(path: string): Promise<SavedTableReading> {
  try {
    const text = readPresentText(path);
    if (text === undefined) return { kind: 'nothing saved' };
    // Only the first mistake is used here; `lvstop diff` tells the others.
    const { configuration } = await readTableOfSources(
      { err: () => undefined },
      fileTitle(path),
      [sourceAt(path, text, true)],
      {},
    );
    const services = configuration.services.map(({ service, realServers }) => ({
      service,
      realServers: realServers.map(({ realServer }) => realServer),
    }));
    return { kind: 'table', services };
  } catch (error) {
    if (error instanceof IpvsError) return { kind: 'unreadable', error };
    throw error;
  }
}

/**
 * A text that changes with the file: a file that is replaced has another inode, one that is written in place another
 * time or size.
 */
function stampOf(path: string): string {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
    return stats === undefined ? `${path} missing` : `${path} ${stats.ino} ${stats.size} ${stats.mtimeNs}`;
  } catch {
    return `${path} cannot be looked at`;
  }
}

function changedMeanwhile(path: string): IpvsError {
  return new IpvsError({
    code: 'file-changed',
    operation: 'save',
    object: fileTitle(path),
    reason: 'the file was changed since it was shown',
    advice: 'look again at what would change; nothing was done',
  });
}
