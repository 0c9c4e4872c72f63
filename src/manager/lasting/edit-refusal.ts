import { IpvsError } from '../../ipvs/error.ts';

/** What keepalived's configuration may not be edited for; `reason` says why, `advice` what else can be done. */
export function refusal(
  object: string,
  reason: string,
  advice = 'edit the file by hand, or give --now',
): IpvsError {
  return IpvsError.input('not-editable', 'make lasting the change of', object, reason, advice);
}
