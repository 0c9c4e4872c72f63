import { type ErrorCode, errorCodes, type InputCode, type IpvsErrorKind } from './error-codes.ts';
import { brief, visible } from './visible.ts';

/** Everything that can be told about a failure. */
export interface IpvsErrorDetail {
  readonly code: ErrorCode;
  /** What was tried, as a verb phrase: `add real server`. */
  readonly operation: string;
  /** On which object, as the operator writes it: `10.0.0.21:8080 of tcp:203.0.113.10:80`. Empty when none is meant. */
  readonly object: string;
  /** Why it failed, one clause. */
  readonly reason: string;
  /** What to do about it, one clause. */
  readonly advice: string;
  /** The kernel's word for it, like `EEXIST`, where it has spoken. */
  readonly errno?: string;
}

/** The one error that crosses lvstop's rooms: what was tried on what, why it failed, what to do. */
export class IpvsError extends Error implements IpvsErrorDetail {
  override readonly name = 'IpvsError';
  readonly code: ErrorCode;
  readonly operation: string;
  readonly object: string;
  readonly reason: string;
  readonly advice: string;
  readonly errno?: string;

  constructor(detail: IpvsErrorDetail, options?: ErrorOptions) {
    const object = visible(brief(detail.object));
    const reason = visible(brief(detail.reason));
    const advice = visible(brief(detail.advice));
    const errno = detail.errno === undefined ? '' : ` (${detail.errno})`;
    super(`${detail.operation}${object === '' ? '' : ` ${object}`}: ${reason}${errno}; ${advice}`, options);
    this.code = detail.code;
    this.operation = detail.operation;
    this.object = object;
    this.reason = reason;
    this.advice = advice;
    if (detail.errno !== undefined) this.errno = detail.errno;
  }

  /** What the exit code follows from. */
  get kind(): IpvsErrorKind {
    return errorCodes[this.code].kind;
  }

  /** A wrong call or text, found before anything was written. */
  static input(
    code: InputCode,
    operation: string,
    object: string,
    reason: string,
    advice: string,
  ): IpvsError {
    return new IpvsError({ code, operation, object, reason, advice });
  }
}
