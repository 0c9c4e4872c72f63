import type { FirewallPacket } from '../../forwarding/firewall/verdict.ts';
import type { AddressServiceIdentity } from '../../ipvs/identity.ts';
import { protocolNumber } from '../../ipvs/protocol.ts';

/** A request to a service, with only its destination known. */
export function serviceRequest(identity: AddressServiceIdentity): FirewallPacket {
  return {
    family: identity.family,
    source: null,
    destination: identity.address,
    protocol: protocolNumber(identity.protocol),
    sourcePort: null,
    destinationPort: identity.port === 0 ? null : identity.port,
    inLink: null,
    outLink: null,
    state: null,
    mark: null,
  };
}
