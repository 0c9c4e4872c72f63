import { statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { reasonOf } from '../../system/system-error.ts';
import { inTurns } from '../../system/turns.ts';
import { temporaryName, writeNewFile } from '../../system/whole-file.ts';
import { includedPaths } from '../included-files.ts';
import type { KeepalivedProcess } from '../keepalived/keepalived-process.ts';

/** What keepalived finds in a configuration. */
export interface TestResult {
  readonly isGood: boolean;
  /** What it says, a line each, without the names of the files that were tested. */
  readonly complaints: readonly string[];
}

/** Milliseconds that the test may take. */
const patience = 30_000;

/**
 * Has keepalived's own program test a configuration (`--config-test`) in which one file differs from that on the disk.
 * The files to be tested lie beside those that they stand for, under names that no `include` finds, and are removed
 * afterwards. Throws an input `IpvsError` where that cannot be done.
 */
export async function testConfiguration(
  { program, file, id }: KeepalivedProcess,
  files: ReadonlyMap<string, Buffer>,
  edited: { readonly path: string; readonly bytes: Buffer },
): Promise<TestResult> {
  const isPlain = program !== null && /(?:^|\/)keepalived$/.test(program) && program.startsWith('/');
  if (!isPlain) throw untested(file, 'the program that runs is not seen to be a keepalived');
  if (!isOfRoot(program)) throw untested(file, `others than root can write ${visible(program)}`);
  const made = new Map<string, string>();
  try {
    const tested = await standIn(file, files, edited, made);
    if (tested === file)
      throw untested(file, `no include in it leads to ${visible(edited.path)} by its own words`);
    return await run(program, ['--config-test', '-f', tested, '-i', id], made);
  } catch (error) {
    if (error instanceof IpvsError || !(error instanceof Error)) throw error;
    throw untested(file, reasonOf(error));
  } finally {
    for (const path of made.values()) unlinkSync(path);
  }
}

/**
 * Writes a copy of a file in which the edited file takes the place of the old one, in its includes too, and gives the
 * copy's name; gives the file's own name where nothing in it differs.
 */
async function standIn(
  path: string,
  files: ReadonlyMap<string, Buffer>,
  edited: { readonly path: string; readonly bytes: Buffer },
  made: Map<string, string>,
): Promise<string> {
  const known = made.get(path);
  if (known !== undefined) return known;
  if (path === edited.path) return await write(path, edited.bytes, made);
  const lines = (files.get(path)?.toString('latin1') ?? '').split('\n');
  let differs = false;
  for (const [index, line] of lines.entries()) {
    const match = /^(\s*(?:@\S+[ \t]+)?include[rmwba]?[ \t]+)([^#!]*?)\s*(?:[#!].*)?$/.exec(line);
    if (match === null) continue;
    const [, begin = '', pattern = ''] = match;
    const included = includedPaths(pattern, dirname(path)).filter((each) => files.has(each) && each !== path);
    const names: string[] = [];
    for (const each of included) names.push(await standIn(each, files, edited, made));
    if (names.every((name, place) => name === included[place])) continue;
    lines[index] = names.map((name) => `${begin}${name}`).join('\n');
    differs = true;
  }
  return differs ? await write(path, Buffer.from(lines.join('\n'), 'latin1'), made) : path;
}

async function write(path: string, bytes: Buffer, made: Map<string, string>): Promise<string> {
  const name = temporaryName(path);
  await inTurns(writeNewFile(name, bytes));
  made.set(path, name);
  return name;
}

async function run(
  program: string,
  args: readonly string[],
  made: ReadonlyMap<string, string>,
): Promise<TestResult> {
  // Loaded only here: few calls need it, and each of Node's modules costs time at the start.
  const { execFile } = await import('node:child_process');
  const { promise, resolve } = Promise.withResolvers<TestResult>();
  execFile(
    program,
    args,
    { timeout: patience, env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, cwd: '/' },
    (error, out, said) => {
      const complaints = `${out}${said}`
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => {
          let text = line;
          for (const [path, name] of made) text = text.replaceAll(name, path);
          return visible(text);
        });
      const isGood = error === null;
      const failure = isGood || complaints.length > 0 ? [] : [reasonOf(error)];
      resolve({ isGood, complaints: [...complaints, ...failure] });
    },
  );
  return await promise;
}

/** Whether nobody but root, or this user, decides what that program does. */
function isOfRoot(program: string): boolean {
  const stats = statSync(program, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  return (stats.uid === 0 || stats.uid === process.geteuid?.()) && (stats.mode & 0o022) === 0;
}

function untested(file: string, reason: string): IpvsError {
  return IpvsError.input(
    'configuration-refused',
    'test',
    visible(file),
    reason,
    'nothing was done; edit the file by hand, or give --now',
  );
}
