/**
 * What can go wrong between a request and its answer:
 * - `answer`: the kernel answered with an error number;
 * - `system`: a system call on the socket failed;
 * - `protocol`: the answer was cut off, missing or made no sense.
 */
export type NetlinkFailure =
  | { readonly kind: 'answer'; readonly operation: string; readonly errno: string }
  | { readonly kind: 'system'; readonly operation: string; readonly errno: string }
  | { readonly kind: 'protocol'; readonly operation: string; readonly reason: string };

/** A failed exchange with the kernel, below any knowledge of IPVS. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  readonly failure: NetlinkFailure;

  constructor(failure: NetlinkFailure) {
    super(`netlink ${failure.operation}: ${failure.kind === 'protocol' ? failure.reason : failure.errno}`);
    this.failure = failure;
  }
}
