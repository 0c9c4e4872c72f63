import type { Family } from '../../ipvs/family.ts';
import type { ForwardingMethod } from '../../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import type { Netmask } from '../../ipvs/netmask.ts';
import type { PublicRealServer } from '../../ipvs/real-server.ts';
import type { Persistence, PublicService } from '../../ipvs/service.ts';
import { visible } from '../../ipvs/visible.ts';
import { readProcAddress, readProcPort, readProcProtocol } from './proc-words.ts';

/*
 * The lines of `/proc/net/ip_vs`, as `ip_vs_info_seq_show` in `net/netfilter/ipvs/ip_vs_ctl.c` writes them:
 *
 *   TCP  CB00710A:0050 wrr  persistent 36000 FFFFFFFF
 *     -> 0A000015:1F90      Masq    3      0          0
 *   FWM  00000007 mh persistent 10000 80000000
 */

/** The number of a firewall mark, of which the line does not tell the family. */
interface MarkWithoutFamily {
  readonly kind: 'fwmark';
  readonly fwmark: number;
}

/** What a service's line tells. */
export interface ServiceLine {
  readonly identity: Extract<ServiceIdentity, { kind: 'address' }> | MarkWithoutFamily;
  readonly scheduler: string;
  readonly onePacket: boolean;
  /** Time-out in ticks, mask as printed; `null` without persistence. */
  readonly persistent: { readonly ticks: number; readonly mask: number } | null;
}

/** What a real server's line tells. */
export interface RealServerLine {
  readonly realServer: PublicRealServer;
  readonly active: number;
  readonly inactive: number;
}

/** Whether a line is one of a real server. */
export function isRealServerLine(line: string): boolean {
  return line.startsWith('  -> ');
}

/** Reads a service's line; `undefined` for others. */
export function readServiceLine(line: string): ServiceLine | undefined {
  const [protocol = '', where = '', scheduler = '', ...flags] = line.trim().split(/ +/);
  const identity =
    protocol === 'FWM' ? readMark(where) : withProtocol(readProcProtocol(protocol), readEndpoint(where));
  if (identity === undefined || scheduler === '') return undefined;
  const at = flags.indexOf('persistent');
  const persistent = at < 0 ? null : readPersistence(flags[at + 1], flags[at + 2]);
  if (persistent === undefined) return undefined;
  return { identity, scheduler: visible(scheduler), onePacket: flags.includes('ops'), persistent };
}

/** Reads a real server's line; `undefined` for others. */
export function readRealServerLine(line: string): RealServerLine | undefined {
  const [arrow, where = '', method = '', ...numbers] = line.trim().split(/ +/);
  const identity = readEndpoint(where);
  const [weight, active, inactive] = numbers.map(readWhole);
  if (arrow !== '->' || identity === undefined) return undefined;
  if (weight === undefined || active === undefined || inactive === undefined) return undefined;
  return { realServer: { identity, forwarding: forwardingOf(method), weight }, active, inactive };
}

/** The service of a line, once its family is known. */
export function serviceOfLine(
  { identity, scheduler, onePacket, persistent }: ServiceLine,
  family: Family,
  ticksPerSecond: number,
): PublicService {
  return {
    identity: identity.kind === 'fwmark' ? { ...identity, family } : identity,
    scheduler,
    // For IPv6 addresses the kernel does not print it.
    onePacket: identity.kind === 'address' && family === 'inet6' ? null : onePacket,
    persistence: persistent && persistenceOf(persistent, family, ticksPerSecond),
  };
}

/**
 * The family of a firewall mark's service, which is not told: that of its mask, else that of its real servers, else
 * IPv4. An IPv6 mask is a prefix length with its bytes the wrong way round, so 128, which most have, reads as
 * IPv4's 128.0.0.0, which nobody wants.
 */
export function familyOfMark(
  { persistent }: ServiceLine,
  realServers: readonly RealServerIdentity[],
): Family {
  if (persistent !== null) {
    const { mask } = persistent;
    return (mask & 0xffffff) === 0 && mask >>> 24 >= 1 && mask >>> 24 <= 128 ? 'inet6' : 'inet';
  }
  return realServers.length > 0 && realServers.every(({ family }) => family === 'inet6') ? 'inet6' : 'inet';
}

function persistenceOf(
  { ticks, mask }: { readonly ticks: number; readonly mask: number },
  family: Family,
  ticksPerSecond: number,
): Persistence {
  const netmask: Netmask = family === 'inet6' ? mask >>> 24 : mask;
  // The kernel prints the unsigned number by `%d`.
  return { timeout: Math.round((ticks >>> 0) / ticksPerSecond), netmask };
}

/** A time-out in ticks, which `%d` can make negative, and a mask; `undefined` where they are none. */
function readPersistence(
  ticks: string | undefined,
  mask: string | undefined,
): ServiceLine['persistent'] | undefined {
  const number = readWhole(ticks ?? '');
  return number === undefined || !/^[0-9A-F]{8}$/i.test(mask ?? '')
    ? undefined
    : { ticks: number, mask: Number.parseInt(mask ?? '', 16) };
}

/** A number of 32 bits with or without a sign. */
function readWhole(text: string): number | undefined {
  return /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function readMark(where: string): MarkWithoutFamily | undefined {
  return /^[0-9A-F]{8}$/i.test(where) ? { kind: 'fwmark', fwmark: Number.parseInt(where, 16) } : undefined;
}

function withProtocol(
  protocol: Extract<ServiceIdentity, { kind: 'address' }>['protocol'],
  endpoint: RealServerIdentity | undefined,
): Extract<ServiceIdentity, { kind: 'address' }> | undefined {
  return endpoint && { kind: 'address', protocol, ...endpoint };
}

/** `CB00710A:0050`, `[2001:0db8:…:0010]:01BB`. */
function readEndpoint(where: string): RealServerIdentity | undefined {
  const colon = where.lastIndexOf(':');
  const address = readProcAddress(where.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, ''));
  const port = readProcPort(where.slice(colon + 1));
  return address === undefined || port === undefined
    ? undefined
    : { family: address.family, address: address.text, port };
}

/** Names of `ip_vs_fwd_name`; what is none of the others the kernel calls Masq. */
function forwardingOf(name: string): ForwardingMethod {
  const methods: Readonly<Record<string, ForwardingMethod>> = { Tunnel: 'tun', Route: 'dr', Local: 'local' };
  return methods[name] ?? 'nat';
}
