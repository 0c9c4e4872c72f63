import { formatInet, formatInet6 } from '../../ipvs/address.ts';
import { readSystemText } from '../../system/plain-file.ts';

/** State of a socket that accepts connections (`TCP_LISTEN` in `include/net/tcp_states.h`). */
const listening = '0A';

const files = ['/proc/net/tcp', '/proc/net/tcp6'] as const;

/** Addresses on which programs of this network namespace accept TCP connections to a port; `undefined` where that is not told. */
export function readListeners(port: number): readonly string[] | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const found: string[] = [];
  for (const file of files) {
    let text: string;
    try {
      text = readSystemText(file);
    } catch (error) {
      // A kernel without IPv6 has one of them only.
      if (file === '/proc/net/tcp6' && (error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      return undefined;
    }
    for (const [, address = ''] of text.matchAll(
      new RegExp(`^ *\\d+: ([0-9A-F]+):${wanted} [0-9A-F:]+ ${listening} `, 'gm'),
    )) {
      found.push(addressOf(address));
    }
  }
  return found;
}

/** Each 32 bits stand in the processor's order, which is little-endian on all that lvstop runs on. */
function addressOf(hexadecimal: string): string {
  const bytes = Buffer.from(hexadecimal, 'hex');
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  return bytes.length === 4 ? formatInet(bytes) : formatInet6(bytes);
}
