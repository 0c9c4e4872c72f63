import { markedEndpoints } from '../../forwarding/firewall/marking-rules.ts';
import type { AddressServiceIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import type { PublicEvidence } from './evidence.ts';

/** What clients of a service call, and the mark that their packets bear. */
export interface CalledAddress extends AddressServiceIdentity {
  /** `null` where it is not known. */
  readonly mark: number | null;
}

/**
 * What clients of a service call: its own address, or those that the firewall marks for it, as far as rules name
 * address, protocol and port.
 */
export function calledAddresses(
  { machine }: Pick<PublicEvidence, 'machine'>,
  identity: ServiceIdentity,
): readonly CalledAddress[] {
  if (identity.kind === 'address') return [{ ...identity, mark: null }];
  const { family, fwmark } = identity;
  return markedEndpoints(machine.firewall(), identity).map(({ protocol, virtual }) => ({
    kind: 'address',
    family,
    protocol,
    ...virtual,
    mark: fwmark,
  }));
}
