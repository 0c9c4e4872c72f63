import { formatInet, formatInet6 } from '../../ipvs/address.ts';
import type { Endpoint } from '../../ipvs/connection.ts';
import { carried, tcpFlags } from './probe-packet.ts';

/** A packet that may answer a probe. */
export type AnswerPacket =
  | {
      readonly kind: 'flow';
      readonly from: Endpoint;
      readonly to: Endpoint;
      readonly says: 'accepts' | 'refuses' | 'datagram';
      /** What a TCP segment acknowledges, or the tag that an SCTP packet bears; 0 where it does not. */
      readonly acknowledged: number;
    }
  /** An error that a machine reports of a packet of ours. */
  | {
      readonly kind: 'error';
      readonly by: string;
      readonly reason: string;
      /** The flow of the quoted packet; of one in a tunnel, the inner flow, where enough of it is quoted. */
      readonly about: { readonly from: Endpoint; readonly to: Endpoint } | undefined;
      /** Destination in the outermost header of the quoted packet. */
      readonly sentTo: string;
    };

/** Codes of "destination unreachable" (RFC 792, RFC 1812). */
const unreachable: readonly string[] = [
  'network unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'too large for the path',
];
const prohibited = new Set([9, 10, 13]);
/** The same of ICMPv6 (RFC 4443). */
const unreachable6: readonly string[] = [
  'no route',
  'administratively prohibited',
  'beyond the scope of the source',
  'address unreachable',
  'port unreachable',
  'source refused',
  'route rejected',
];

interface Header {
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly body: Uint8Array;
}

/** Reads an IP packet from its header on; `undefined` for one that answers nothing, or is cut too short to tell. */
export function readAnswer(packet: Uint8Array): AnswerPacket | undefined {
  const header = readHeader(packet);
  if (header === undefined) return undefined;
  if (header.protocol === carried.icmp || header.protocol === carried.icmp6) return readError(header);
  const flow = readFlow(header);
  if (flow === undefined) return undefined;
  const says = saidBy(header);
  if (says === undefined) return undefined;
  const { protocol, body } = header;
  const at = protocol === carried.tcp ? 8 : protocol === carried.sctp ? 4 : undefined;
  const acknowledged = at !== undefined && body.length >= at + 4 ? viewOf(body).getUint32(at) : 0;
  return { kind: 'flow', ...flow, says, acknowledged };
}

function saidBy({ protocol, body }: Header): 'accepts' | 'refuses' | 'datagram' | undefined {
  if (protocol === carried.udp) return 'datagram';
  if (protocol === carried.tcp) {
    const flags = body[13];
    if (flags === undefined) return undefined;
    if ((flags & tcpFlags.reset) !== 0) return 'refuses';
    return (flags & (tcpFlags.syn | tcpFlags.ack)) === (tcpFlags.syn | tcpFlags.ack) ? 'accepts' : undefined;
  }
  // Chunks INIT ACK and ABORT (RFC 9260).
  return body[12] === 2 ? 'accepts' : body[12] === 6 ? 'refuses' : undefined;
}

function readError({ from, protocol, body }: Header): AnswerPacket | undefined {
  const [type = -1, code = -1] = body;
  const reason = protocol === carried.icmp ? reasonOf(type, code) : reasonOf6(type, code);
  const quoted = readHeader(body.subarray(8));
  if (reason === undefined || quoted === undefined) return undefined;
  return { kind: 'error', by: from, reason, about: innermostFlow(quoted), sentTo: quoted.to };
}

function reasonOf(type: number, code: number): string | undefined {
  if (type === 11) return 'too many hops';
  if (type !== 3) return undefined;
  return prohibited.has(code)
    ? 'administratively prohibited'
    : (unreachable[code] ?? `unreachable, code ${code}`);
}

function reasonOf6(type: number, code: number): string | undefined {
  if (type === 1) return unreachable6[code] ?? `unreachable, code ${code}`;
  if (type === 2) return 'too large for the path';
  if (type === 3) return 'too many hops';
  return type === 4 ? 'header not understood' : undefined;
}

/** The flow of a packet, or of what it carries in a tunnel. */
function innermostFlow(header: Header): { from: Endpoint; to: Endpoint } | undefined {
  const { protocol, body } = header;
  const inner = readHeader(body);
  if (protocol === carried.ipip || protocol === carried.inet6) return inner && readFlow(inner);
  if (protocol === carried.gre) {
    const carriedAfter = ((body[0] ?? 0) & 0x80) !== 0 ? 8 : 4;
    const packet = readHeader(body.subarray(carriedAfter));
    return packet && readFlow(packet);
  }
  // GUE: a UDP header, four bytes of its own, and the packet.
  if (protocol === carried.udp && (body[9] === carried.ipip || body[9] === carried.inet6)) {
    const packet = body[8] === 0 ? readHeader(body.subarray(12)) : undefined;
    if (packet !== undefined) return readFlow(packet);
  }
  return readFlow(header);
}

function readHeader(packet: Uint8Array): Header | undefined {
  const version = (packet[0] ?? 0) >> 4;
  if (version === 4) {
    const length = ((packet[0] ?? 0) & 0x0f) * 4;
    if (length < 20 || packet.length < length) return undefined;
    return {
      from: formatInet(packet, 12),
      to: formatInet(packet, 16),
      protocol: packet[9] ?? 0,
      body: packet.subarray(length),
    };
  }
  if (version !== 6 || packet.length < 40) return undefined;
  return {
    from: formatInet6(packet.subarray(8, 24)),
    to: formatInet6(packet.subarray(24, 40)),
    protocol: packet[6] ?? 0,
    body: packet.subarray(40),
  };
}

function readFlow({ from, to, protocol, body }: Header): { from: Endpoint; to: Endpoint } | undefined {
  const hasPorts = protocol === carried.tcp || protocol === carried.udp || protocol === carried.sctp;
  if (!hasPorts || body.length < 4) return undefined;
  const view = viewOf(body);
  return { from: { address: from, port: view.getUint16(0) }, to: { address: to, port: view.getUint16(2) } };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
