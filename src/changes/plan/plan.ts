import type { Step } from '../steps/step.ts';

/**
 * What will be done, in order, and what the operator should know first. Without steps when everything is so already.
 */
export interface Plan {
  readonly steps: readonly Step[];
  /** The ipvsadm lines that the steps equal, one each. */
  readonly lines: readonly string[];
  /** Warnings as sentences; none when there is no risk. */
  readonly warnings: readonly string[];
  /**
   * Whether it deletes something or interrupts connections, and so must be confirmed; on the command line with
   * `--yes`.
   */
  readonly destructive: boolean;
  /** Whether the present state of the network speaks against it. The screen asks then; commands only say so. */
  readonly doubtful: boolean;
}
