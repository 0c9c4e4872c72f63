import { constants, ftruncateSync, lstatSync, readdirSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { closeFile } from '../system/close-file.ts';
import { refusalOf } from '../system/file-trust.ts';
import { makeFolder } from '../system/make-folder.ts';
import { FileRefusal, openPlainFile } from '../system/plain-file.ts';
import { readPrivateFile, writePrivateFile } from '../system/private-file.ts';
import { isRunning, processIdentity } from '../system/process-identity.ts';
import { syncFile } from '../system/sync-file.ts';
import { systemErrorCode } from '../system/system-error.ts';
import { fileEnding, fileMark } from './recorded-file.ts';

/** How long and how much is kept; the oldest goes first. */
export interface Retention {
  /** Milliseconds. */
  readonly age: number;
  /** Bytes of all files together. */
  readonly bytes: number;
}

/** Names the process that records into the folder. */
const ownerName = 'recorder.pid';
const longestOwner = 256;

/** A folder that is recorded into: files that only grow, the oldest of which are taken away. */
export class RecordingFolder {
  readonly path: string;
  readonly #userId: number | null;
  #file: { readonly descriptor: number; readonly path: string; length: number } | undefined;

  /**
   * Makes the folder for this user alone if it is missing, and takes it for this process. Throws a `FileRefusal` where it is
   * another one's, or the system's error.
   */
  constructor(path: string, userId: number | null) {
    this.path = path;
    this.#userId = userId;
    makeFolder(path);
    const stats = lstatSync(path);
    const reason = stats.isDirectory()
      ? refusalOf(stats, 'folder', { userId, of: 'records' })
      : `${path} is no folder`;
    if (reason !== undefined) throw new FileRefusal(reason);
    this.#takeOver();
  }

  /** Bytes of the file that is written to; 0 where there is none yet. */
  get length(): number {
    return this.#file?.length ?? 0;
  }

  /** Begins another file, named by its time. Throws as `append` does. */
  begin(time: number): void {
    this.close();
    const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    for (let moment = time; ; moment++) {
      const path = join(this.path, nameOf(moment));
      try {
        const descriptor = openPlainFile(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW);
        this.#file = { descriptor, path, length: 0 };
        this.append(fileMark);
        return;
      } catch (error) {
        // The clock may have been set back to a moment of which there is a file.
        if (systemErrorCode(error) !== 'EEXIST') throw error;
      }
    }
  }

  /** Appends whole frames. Throws the system's error; then nothing of them is there. */
  append(frames: Buffer): void {
    const file = this.#file;
    if (file === undefined) throw new Error('no file was begun');
    let written = 0;
    try {
      while (written < frames.length) written += writeSync(file.descriptor, frames, written);
      file.length += written;
    } catch (error) {
      // What a full disk took of them must not stand before what comes next.
      if (written > 0) ftruncateSync(file.descriptor, file.length);
      throw error;
    }
  }

  /** Brings what was written to the disk. Rejects with the system's error. */
  async sync(): Promise<void> {
    if (this.#file !== undefined) await syncFile(this.#file.descriptor).meanwhile();
  }

  /** Takes away what is too old or too much, never the file that is written to. Gives how many files went. */
  tidy({ age, bytes }: Retention, now: number): number {
    const files = readdirSync(this.path)
      .filter((name) => name.endsWith(fileEnding))
      .sort()
      .map((name) => join(this.path, name));
    const sizes = files.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    let total = sizes.reduce((sum, size) => sum + size, 0);
    let gone = 0;
    for (const [place, path] of files.entries()) {
      const next = files[place + 1];
      if (next === undefined || path === this.#file?.path) break;
      // All of it was written before the next one was begun.
      const isOld = (timeOf(next) ?? now) < now - age;
      if (!isOld && total <= bytes) break;
      unlinkSync(path);
      total -= sizes[place] ?? 0;
      gone++;
    }
    return gone;
  }

  /** Closes the file; the next thing is written to another one. A file that nothing came into goes, as on a full disk. */
  close(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    closeFile(file.descriptor);
    if (file.length <= fileMark.length) unlinkSync(file.path);
  }

  /** Closes the file and gives the folder up for others. */
  leave(): void {
    this.close();
    unlinkSync(join(this.path, ownerName));
  }

  #takeOver(): void {
    const path = join(this.path, ownerName);
    const rules = { userId: this.#userId, longest: longestOwner };
    const found = readPrivateFile(path, rules);
    const owner = found.kind === 'text' ? found.text.trim() : '';
    if (owner !== processIdentity() && isRunning(owner))
      throw new FileRefusal(`process ${owner.split('/')[0] ?? ''} records there`);
    writePrivateFile(path, `${processIdentity()}\n`, { ...rules, keepFormer: null });
  }
}

/** `20261201T031200000Z.lvrec`. */
function nameOf(time: number): string {
  return `${new Date(time).toISOString().replaceAll(/[-:.]/g, '')}${fileEnding}`;
}

function timeOf(path: string): number | undefined {
  const [, year, month, day, hour, minute, second, millisecond] =
    /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.lvrec$/.exec(path) ?? [];
  if (year === undefined) return undefined;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
}
