/**
 * Exit codes by which the far side reports what only this side can deal with; lvstop itself ends with none of them. The
 * connection has no other channel for it: on a terminal all that is printed there goes to the operator.
 */
export const farCodes = {
  /** No lvstop of this version is there, and the machine has this processor and unpacks this best. */
  missing: { x64: { gzip: 113, zstd: 120 }, arm64: { gzip: 114, zstd: 121 } },
  /** lvstop is not built for machines like this one. */
  otherMachine: 115,
  /** The operator pressed Ctrl-Z on the screen. */
  suspended: 116,
  /** What was sent did not get there whole, or there is no way to tell. */
  notWhole: 117,
  /** What was sent lies on a file system from which nothing is run. */
  notRunnable: 118,
  /** What was sent does not start there. */
  notStarting: 119,
} as const;

/** A processor for which lvstop is built, as Node calls it. */
export type Processor = keyof typeof farCodes.missing;

/** How lvstop is compressed on its way, by the name of the program that unpacks it. */
export type Packing = keyof (typeof farCodes.missing)[Processor];

/** What is to be sent to a machine that has no lvstop of this version. */
export interface Missing {
  readonly processor: Processor;
  readonly packing: Packing;
}

/** The kernel's words for these processors, `uname -s` and `-m`. */
export const machineWords: Readonly<Record<Processor, string>> = {
  x64: 'Linux x86_64',
  arm64: 'Linux aarch64',
};

/** What ssh ends with where there was no connection, or it was lost. */
export const sshFailed = 255;

/** What is missing on the far side, by the exit code that tells it; `undefined` for any other code. */
export function missingBy(code: number): Missing | undefined {
  for (const processor of Object.keys(farCodes.missing) as Processor[]) {
    const codes = farCodes.missing[processor];
    const packing = (Object.keys(codes) as Packing[]).find((name) => codes[name] === code);
    if (packing !== undefined) return { processor, packing };
  }
  return undefined;
}
