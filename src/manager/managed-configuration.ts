import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { KeepalivedReading } from '../formats/keepalived/outline.ts';
import { readingKeepalived } from '../formats/keepalived/read.ts';
import { longestText, type SourceText } from '../formats/source-lines.ts';
import { IpvsError } from '../ipvs/error.ts';
import { visible } from '../ipvs/visible.ts';
import { readPlainFile } from '../system/plain-file.ts';
import { reasonOf } from '../system/system-error.ts';
import { allAtOnce, type Work } from '../system/turns.ts';
import { includedPaths } from './included-files.ts';
import type { KeepalivedProcess } from './keepalived/keepalived-process.ts';

/** A line of one of keepalived's files. */
export interface FilePlace {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
}

interface Include {
  readonly pattern: string;
  readonly folder: string;
  readonly paths: readonly string[];
}

/** The configuration of a keepalived as its files say it now. */
export interface ManagedConfiguration {
  readonly keepalived: KeepalivedProcess;
  readonly reading: KeepalivedReading;
  /** What the files held when they were read, by path, the one that it was started with first. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What tells that a file has changed, by its path, as it was on the disk right before it was read. */
  readonly stamps: ReadonlyMap<string, string>;
  /** Each `include`, with the files that it named. */
  readonly includes: readonly Include[];
  placeOf(line: number): FilePlace;
}

/**
 * Reads the configuration of a keepalived with all that it includes; `instead` are files that are not written yet.
 * What is wrong in it is among the problems. Throws an input `IpvsError` for a file that cannot be read.
 */
export function readManagedConfiguration(
  keepalived: KeepalivedProcess,
  instead: ReadonlyMap<string, Buffer> = new Map(),
): ManagedConfiguration {
  return allAtOnce(readingManagedConfiguration(keepalived, instead));
}

/** The same in slices, so that other things have their turn meanwhile. */
export function* readingManagedConfiguration(
  keepalived: KeepalivedProcess,
  instead: ReadonlyMap<string, Buffer> = new Map(),
): Work<ManagedConfiguration> {
  if (keepalived.isElsewhere) {
    throw IpvsError.input(
      'bad-file',
      'read',
      visible(keepalived.file),
      `keepalived (process ${keepalived.pid}) sees other files than lvstop, as in a container`,
      'run lvstop where its files are',
    );
  }
  const files = new Map<string, Buffer>();
  const stamps = new Map<string, string>();
  const includes: Include[] = [];
  const paths = new Map<string, string>();
  const sourceOf = (path: string): SourceText => {
    stamps.set(path, stampOf(path));
    const bytes = instead.get(path) ?? read(path);
    files.set(path, bytes);
    const title = visible(path);
    paths.set(title, path);
    return { title, folder: dirname(path), text: bytes.toString('utf8') };
  };
  const main = sourceOf(resolve(keepalived.file));
  const reading = yield* readingKeepalived([main], {
    id: keepalived.id,
    include: (pattern, folder) => {
      const named = includedPaths(pattern, folder);
      includes.push({ pattern, folder, paths: named });
      return named.map(sourceOf);
    },
  });
  return {
    keepalived,
    reading,
    files,
    stamps,
    includes,
    placeOf(line) {
      const { title, line: number } = reading.configuration.sources.placeOf(line);
      return { path: paths.get(title ?? '') ?? keepalived.file, line: number };
    },
  };
}

/**
 * Whether the files on the disk are as they were when they were read. A new file that an `include` names by now is not
 * noticed.
 */
export function hasItsFiles({ stamps }: ManagedConfiguration): boolean {
  return [...stamps].every(([path, stamp]) => stampOf(path) === stamp);
}

/** Whether each `include` names the same files still. Throws an input `IpvsError` as reading does. */
export function hasItsIncludes({ includes }: ManagedConfiguration): boolean {
  return includes.every(({ pattern, folder, paths }) =>
    isDeepStrictEqual(includedPaths(pattern, folder), paths),
  );
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return `${stats?.ino} ${stats?.mtimeMs} ${stats?.ctimeMs} ${stats?.size}`;
}

function read(path: string): Buffer {
  try {
    return readPlainFile(path, { longest: longestText });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw IpvsError.input(
      'bad-file',
      'read',
      visible(path),
      reasonOf(error),
      'lvstop has to read what keepalived reads: run it as root',
    );
  }
}

/** How a place is told: `/etc/keepalived/keepalived.conf:12`. */
export function placeText({ path, line }: FilePlace): string {
  return `${visible(path)}:${line}`;
}
