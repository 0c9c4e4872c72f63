/** Something that is said in a sentence or two. */
export interface Statement {
  readonly text: string;
  /** It hurts clients now, or will. */
  readonly warning?: boolean;
}
