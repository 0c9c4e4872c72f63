/** Disks that are full to the last page, or read-only: real ones, which takes root, as in the lab. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ground } from './ground.ts';
import { problemsAfter } from './judge.ts';
import type { Operation } from './operations.ts';
import { runToEnd } from './traced-run.ts';
import { commandOf, prepare, type Verdict } from './try.ts';

/** Bytes of a page: a tmpfs gives room by pages. */
const page = 4096;

/** A disk in the place of one of lvstop's folders. */
export interface Disk {
  readonly name: string;
  /** What is done to the disk, mounted at `place`, before the command: it holds what was in the folder. */
  readonly spoil: (place: string) => void;
  /** Mount options at the beginning. */
  readonly options: string;
}

/** A disk with that many free pages. */
function withRoomFor(pages: number): Disk {
  return {
    name: `a disk with ${pages} free pages`,
    options: 'size=256k',
    spoil: (place) => {
      const free = Number(execFileSync('stat', ['-f', '-c', '%f', place], { encoding: 'utf8' }));
      writeFileSync(join(place, 'lvstop-test-fill'), Buffer.alloc(Math.max(0, free - pages) * page));
    },
  };
}

export const disks: readonly Disk[] = [
  ...[0, 1, 2, 3, 4, 8].map(withRoomFor),
  {
    name: 'a disk without free inodes',
    options: 'size=256k,nr_inodes=6',
    spoil: (place) => {
      for (let file = 0; file < 6; file++) {
        try {
          writeFileSync(join(place, `lvstop-test-fill${file}`), '');
        } catch {
          return;
        }
      }
    },
  },
  {
    name: 'a read-only disk',
    options: 'size=256k',
    spoil: (place) => void execFileSync('mount', ['-o', 'remount,ro', place]),
  },
];

/** A disk under one of the folders, while an operation is done. */
export interface DiskCase {
  readonly operation: Operation;
  readonly disk: Disk;
}

/** The name by which a case is repeated. */
export function diskCaseName({ operation, disk }: DiskCase): string {
  return `${operation.name}: ${disk.name}`;
}

/** Tries an operation on such a disk; afterwards the disk is good again, and all is judged. */
export async function tryOnDisk(ground: Ground, { operation, disk }: DiskCase): Promise<Verdict> {
  const folder = operation.kind === 'save' ? ground.files : ground.state;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=700,${disk.options}`, 'lvstop-test', folder]);
  try {
    await prepare(ground, operation);
    disk.spoil(folder);
    const ended = await runToEnd(ground.program(commandOf(operation, ground)));
    execFileSync('mount', ['-o', 'remount,rw,size=4m,nr_inodes=1000', folder]);
    execFileSync('find', [folder, '-name', 'lvstop-test-fill*', '-delete']);
    const problems = await problemsAfter(ground, operation, ended);
    return problems.length === 0 ? { kind: 'held' } : { kind: 'failed', problems };
  } finally {
    execFileSync('umount', ['-l', folder]);
  }
}
