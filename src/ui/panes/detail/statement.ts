/** Something that is said in a sentence or two. */
export interface Statement {
  readonly text: string;
  /** Whether clients are hurt by it, now or later. */
  readonly warning?: boolean;
}
