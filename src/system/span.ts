/**
 * When something happened, as far as is known: after `from` and not after `to`, milliseconds on a clock that never goes
 * back. A dump shows the table as it was at one moment within its span.
 */
export interface Span {
  readonly from: number;
  readonly to: number;
}
