/** How a call of lvstop on a host ended. */
export interface FarAnswer {
  /** 3 where the host cannot be reached, as where its director cannot. */
  readonly exitCode: number;
  readonly out: string;
  /** What was said beside it, line by line. */
  readonly err: readonly string[];
}

/** One director of a pair. */
export interface PairHost {
  /** As its operator names it. */
  readonly name: string;
  /**
   * Calls lvstop there, without a terminal, and gives what it said. The connection of a call may break before its work
   * is done, meanwhile or afterwards, independently of other calls. Never throws.
   */
  call(words: readonly string[]): Promise<FarAnswer>;
}

/** Two of something, in a fixed order. */
export type Both<Of> = readonly [Of, Of];

/** Runs the same for both, side by side. */
export async function onBoth<From, To>(
  [one, other]: Both<From>,
  run: (from: From) => Promise<To>,
): Promise<Both<To>> {
  return Promise.all([run(one), run(other)]);
}
