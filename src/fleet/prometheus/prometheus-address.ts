import { IpvsError } from '../../ipvs/error.ts';
import type { HttpConfiguration } from './http-configuration.ts';

/** Reads the address of Prometheus, or of what has its API below a path. Throws an input `IpvsError`. */
export function readPrometheusAddress(text: string): URL {
  const refuse = (reason: string) =>
    IpvsError.input(
      'bad-value',
      'read --prometheus',
      // A password that stands in an address is repeated nowhere.
      `"${text.replace(/\/\/[^/@]*@/, '//…@')}"`,
      reason,
      'give its address, like https://prometheus.example:9090; who asks is told by --http-config',
    );
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw refuse('it is no address of HTTP');
  if (url.username !== '' || url.password !== '')
    throw refuse('it holds a user or a password, which everybody sees who lists processes');
  if (url.search !== '' || url.hash !== '') throw refuse('it has more than a path');
  return url;
}

/** Refuses to send a password or token where others on the way could read it. Throws an input `IpvsError`. */
export function refuseInTheClear({ protocol, hostname }: URL, { authorization }: HttpConfiguration): void {
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  if (authorization === null || protocol === 'https:' || isLocal) return;
  throw IpvsError.input(
    'bad-usage',
    'ask Prometheus',
    hostname,
    'the password or token of --http-config would go there in the clear',
    'give an address of https',
  );
}
