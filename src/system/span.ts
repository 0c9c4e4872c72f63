/**
 * When something happened, as far as is known: after `from` and not after `to`, milliseconds on a clock that
 * never goes back. A dump tells of the moment at which the kernel put it together, which lies in its span.
 */
export interface Span {
  readonly from: number;
  readonly to: number;
}
