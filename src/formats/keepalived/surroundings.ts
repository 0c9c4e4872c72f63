import type { SourceText } from '../source-lines.ts';

/** What a keepalived.conf depends on beside its text. */
export interface KeepalivedSurroundings {
  /** What keepalived is started with as `-i`, the host's name without its domain as a rule: `@ID` asks for it. */
  readonly id: string;
  /**
   * The files that an `include` names, in their order; none where there are none. The folder is that of the file in
   * which it stands. Throws an input `IpvsError` for what may not be read.
   */
  readonly include: (pattern: string, folder: string) => readonly SourceText[];
}

/** The surroundings of a text that is read by itself. */
export const noSurroundings: KeepalivedSurroundings = { id: '', include: () => [] };
