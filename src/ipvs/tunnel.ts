/** How a packet is wrapped under TUN; the kernel stores any number, a foreign one is carried as `type-N`. */
export type TunnelType = 'ipip' | 'gue' | 'gre' | `type-${number}`;

/** The tunnel types that can be asked for, in the order they are offered. */
export const tunnelTypes = ['ipip', 'gue', 'gre'] as const;

/** Checksum of the tunnel: none, full, or remote checksum offload (GUE only). */
export type TunnelChecksum = 'no' | 'yes' | 'remote';

/** The checksum settings that can be asked for. */
export const tunnelChecksums = ['no', 'yes', 'remote'] as const;

/** Tunnel settings of a real server; the kernel keeps them under every forwarding method and uses them under TUN. */
export interface Tunnel {
  readonly type: TunnelType;
  /** UDP port of GUE, 1 to 65535; 0 for the other types. */
  readonly port: number;
  readonly checksum: TunnelChecksum;
}

/** The tunnel of a real server for which none was named. */
export const defaultTunnel: Tunnel = { type: 'ipip', port: 0, checksum: 'no' };

/** Number of the type (`IP_VS_CONN_F_TUNNEL_TYPE_*` in `include/uapi/linux/ip_vs.h`). */
export function tunnelTypeNumber(type: TunnelType): number {
  const known = (tunnelTypes as readonly string[]).indexOf(type);
  return known >= 0 ? known : Number(type.slice('type-'.length));
}

/** Type of a number read from the kernel. */
export function tunnelTypeOfNumber(number: number): TunnelType {
  return tunnelTypes[number] ?? `type-${number}`;
}

/** Number of the checksum setting (`IP_VS_TUNNEL_ENCAP_FLAG_*`). */
export function tunnelChecksumNumber(checksum: TunnelChecksum): number {
  return tunnelChecksums.indexOf(checksum);
}

/** Checksum setting of the flags read from the kernel; remote wins where both bits are set, as in the kernel. */
export function tunnelChecksumOfNumber(flags: number): TunnelChecksum {
  return (flags & 2) !== 0 ? 'remote' : (flags & 1) !== 0 ? 'yes' : 'no';
}

/** Whether both settings are the same. */
export function sameTunnel(left: Tunnel, right: Tunnel): boolean {
  return left.type === right.type && left.port === right.port && left.checksum === right.checksum;
}

/** A tunnel in words: `ipip`, `gue:6080`, `gre with checksum`. */
export function describeTunnel({ type, port, checksum }: Tunnel): string {
  const name = port === 0 ? type : `${type}:${port}`;
  if (checksum === 'no') return name;
  return `${name} with ${checksum === 'remote' ? 'remote checksum' : 'checksum'}`;
}

/**
 * A tunnel after an edit that names some of its settings. Another type starts from its own defaults, since port and
 * checksum of one type may mean nothing to the other; the same type keeps what was not named.
 */
export function changeTunnel(current: Tunnel, named: Partial<Tunnel>): Tunnel {
  const sameType = named.type === undefined || named.type === current.type;
  return { ...(sameType ? current : defaultTunnel), ...named };
}
