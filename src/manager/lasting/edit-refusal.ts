import { IpvsError } from '../../ipvs/error.ts';

/**
 * The error of an edit that cannot be made in keepalived's configuration; `reason` says why, `advice` what else can be
 * done.
 */
export function refusal(
  object: string,
  reason: string,
  advice = 'edit the file by hand, or give --now',
): IpvsError {
  return IpvsError.input('not-editable', 'make lasting the change of', object, reason, advice);
}
