import type { Step } from '../steps/step.ts';

/** What will be done, in order, and what the operator should know first. Empty when everything is already so. */
export interface Plan {
  readonly steps: readonly Step[];
  /** The ipvsadm lines that the steps equal, one each. */
  readonly lines: readonly string[];
  /** Sentences; none when nothing is to be feared. */
  readonly warnings: readonly string[];
  /** Deletes something or interrupts connections: to be confirmed, on the command line with `--yes`. */
  readonly destructive: boolean;
  /** The network, as it is just now, speaks against it: asked about on the screen; commands only say so. */
  readonly doubtful: boolean;
}
