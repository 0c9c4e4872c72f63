/**
 * What can go wrong between a request and its answer:
 * - `answer`: the kernel answered with an error number;
 * - `unanswered`: the kernel took the request and said nothing;
 * - `system`: a system call on the socket failed;
 * - `protocol`: the answer was cut off or made no sense.
 */
export type NetlinkFailure =
  | { readonly kind: 'answer'; readonly operation: string; readonly errno: string }
  | { readonly kind: 'unanswered'; readonly operation: string }
  | { readonly kind: 'system'; readonly operation: string; readonly errno: string }
  | { readonly kind: 'protocol'; readonly operation: string; readonly reason: string };

/** A failed exchange with the kernel, below any knowledge of IPVS. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  readonly failure: NetlinkFailure;

  constructor(failure: NetlinkFailure) {
    super(`netlink ${failure.operation}: ${netlinkReason(failure)}`);
    this.failure = failure;
  }
}

/** Why it failed, in a few words. */
export function netlinkReason(failure: NetlinkFailure): string {
  switch (failure.kind) {
    case 'answer':
    case 'system':
      return failure.errno;
    case 'unanswered':
      return 'the kernel gave no answer';
    case 'protocol':
      return failure.reason;
  }
}
