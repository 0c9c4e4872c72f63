import { isIP } from 'node:net';
import { IpvsError } from '../../ipvs/error.ts';

/** Where a server listens: a socket of the file system, or an address of this machine. */
export type ListenAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'port'; readonly address: string; readonly port: number };

/** Where metrics are served unless another place is named. */
export const usualListenAddress: ListenAddress = { kind: 'port', address: '127.0.0.1', port: 9753 };

/** Reads `/run/lvstop/metrics.sock`, `127.0.0.1:9753`, `[::1]:9753` or `localhost:9753`. Throws an input `IpvsError`. */
export function readListenAddress(text: string): ListenAddress {
  if (text.startsWith('/')) return { kind: 'socket', path: text };
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? (plain === 'localhost' ? '127.0.0.1' : plain);
  const port = Number(digits);
  if (address !== undefined && isIP(address) !== 0 && port <= 0xffff) return { kind: 'port', address, port };
  throw IpvsError.input(
    'bad-value',
    'read --listen',
    `"${text}"`,
    'it is neither a path nor an address with a port',
    'give 127.0.0.1:9753, [::1]:9753 or the path of a socket, like /run/lvstop/metrics.sock',
  );
}

/** Whether only this machine can reach it. */
export function isLocal(listen: ListenAddress): boolean {
  return listen.kind === 'socket' || listen.address === '::1' || listen.address.startsWith('127.');
}

/** As an operator writes it. */
export function formatListenAddress(listen: ListenAddress): string {
  if (listen.kind === 'socket') return listen.path;
  return isIP(listen.address) === 6
    ? `[${listen.address}]:${listen.port}`
    : `${listen.address}:${listen.port}`;
}
