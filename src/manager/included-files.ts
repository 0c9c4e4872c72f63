import { globSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { longestText, type SourceText } from '../formats/source-lines.ts';
import { IpvsError } from '../ipvs/error.ts';
import { visible } from '../ipvs/visible.ts';
import { readPrivateFile } from '../system/private-file.ts';
import { systemErrorCode, systemErrorReason } from '../system/system-error.ts';

/** Most files that one pattern may name. */
const mostFiles = 1000;

/**
 * Gives the files that an `include` of keepalived names, in their order, as far as keepalived reads them: no folders
 * and none that can be executed. Whoever can write one can write the table, so each file and its folder must belong to
 * this user or root and be writable by nobody else. Together they may be no longer than a saved table. Throws an input
 * `IpvsError` for one that may not be read.
 */
export function includedFiles(
  userId: number | null,
): (pattern: string, folder: string) => readonly SourceText[] {
  let left = longestText;
  return (pattern, folder) => {
    return includedPaths(pattern, folder).map((path): SourceText => {
      const file = readPrivateFile(realPath(path), { userId, longest: left });
      if (file.kind === 'unusable') throw refusal(path, file.reason);
      const text = file.kind === 'text' ? file.text : '';
      left -= Buffer.byteLength(text);
      return { title: visible(path), folder: dirname(path), text };
    });
  };
}

/** Paths of the files that an `include` of keepalived names, in their order. Throws an input `IpvsError`. */
export function includedPaths(pattern: string, folder: string): readonly string[] {
  const paths = globSync(resolve(folder, pattern)).sort();
  if (paths.length > mostFiles) {
    throw refusal(pattern, `it names ${paths.length} files, more than the ${mostFiles} that are read`);
  }
  return paths.filter(isReadByKeepalived);
}

function isReadByKeepalived(path: string): boolean {
  const stats = statsOf(path);
  return stats.isFile() && (stats.mode & 0o111) === 0;
}

function statsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw refusal(path, systemErrorReason(systemErrorCode(error)));
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw refusal(path, systemErrorReason(systemErrorCode(error)));
  }
}

function refusal(path: string, reason: string): IpvsError {
  return IpvsError.input(
    'bad-file',
    'read',
    '',
    `the included ${path} is not read: ${reason}`,
    'mend that, or leave it out',
  );
}
