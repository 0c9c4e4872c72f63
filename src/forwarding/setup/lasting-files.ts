import { type RealServerSetup, setupName } from './real-server-setup.ts';

/** A file of a lasting set-up. */
export interface LastingFile {
  /** As the shell takes it: a word, or one in double quotes that names a variable of `before`. */
  readonly path: string;
  /** Lines, none of which is the end of a here-document. */
  readonly lines: readonly string[];
  readonly isProgram?: boolean;
  /** Other services write the same file, which goes with the folder of parts beside it. */
  readonly isShared?: boolean;
}

/** The files of a lasting set-up, with what stands around them. */
export interface LastingFiles {
  /** How it works and what it leaves out, a paragraph each. */
  readonly remarks: readonly string[];
  /** Lines of sh that find out what the files need to know. */
  readonly before: readonly string[];
  readonly files: readonly LastingFile[];
  /** Lines of sh after the files were written, or removed. */
  readonly after: readonly string[];
  readonly afterUndo: readonly string[];
}

/** A name for files, of letters, digits and hyphens: what `run-parts` and systemd take. */
export function fileName(setup: RealServerSetup): string {
  return `lvstop-${setupName(setup).replace(/[^a-z0-9]+/g, '-')}`;
}
