import { addressBytes } from '../ipvs/address.ts';
import type { RealServerIdentity, ServiceIdentity } from '../ipvs/identity.ts';
import { protocolNumber } from '../ipvs/protocol.ts';

/**
 * A text that makes services sort as `compareServices` does. It is made once for each service: comparing identities
 * would parse addresses at each of the many comparisons of a sort.
 */
export function serviceOrderKey(identity: ServiceIdentity): string {
  if (identity.kind === 'fwmark')
    return `m${identity.family === 'inet' ? 4 : 6}${hexadecimal(identity.fwmark, 8)}`;
  return `a${endpointOrderKey(identity)}${hexadecimal(protocolNumber(identity.protocol), 4)}`;
}

/** A text that makes real servers sort as `compareRealServers` does. */
export function realServerOrderKey(identity: RealServerIdentity): string {
  return endpointOrderKey(identity);
}

function endpointOrderKey({ address, port }: { address: string; port: number }): string {
  const bytes = addressBytes(address);
  return `${bytes.length === 4 ? 4 : 6}${Buffer.from(bytes).toString('hex')}${hexadecimal(port, 4)}`;
}

function hexadecimal(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
