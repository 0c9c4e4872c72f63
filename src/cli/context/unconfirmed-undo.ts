/** A change that is to be taken back unless it is confirmed. */
export interface UnconfirmedUndo {
  /** The change, by its name in the journal. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly confirmBy: number;
  /** The configuration that the program was called with. */
  readonly config: string | undefined;
}
