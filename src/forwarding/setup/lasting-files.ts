import { type RealServerSetup, setupName } from './real-server-setup.ts';

/** A file that makes a set-up last over a reboot. */
export interface LastingFile {
  /** The path in shell syntax: a word, or a double-quoted one that uses a variable of `before`. */
  readonly path: string;
  /** Its lines, none of which ends a here-document. */
  readonly lines: readonly string[];
  readonly isProgram?: boolean;
  /** Set if other services write the same file; it is removed when the folder of parts beside it is. */
  readonly isShared?: boolean;
}

/** The files that make a set-up last, and the shell lines around them. */
export interface LastingFiles {
  /** How it works and what is left out, a paragraph each. */
  readonly remarks: readonly string[];
  /** Lines of sh that find out what the file paths need. */
  readonly before: readonly string[];
  readonly files: readonly LastingFile[];
  /** Lines of sh to run after the files were written; `afterUndo`: after they were removed. */
  readonly after: readonly string[];
  readonly afterUndo: readonly string[];
}

/** A name for a set-up's files, of letters, digits and hyphens, which `run-parts` and systemd accept. */
export function fileName(setup: RealServerSetup): string {
  return `lvstop-${setupName(setup).replace(/[^a-z0-9]+/g, '-')}`;
}
