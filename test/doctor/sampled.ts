/** Connections as a sample of the table has them. */
import type { Connection } from '../../src/ipvs/connection.ts';
import { siteAddresses } from './evidence.ts';

/** So many connections of a site's first real server, unless another is named; they get through unless a state is named. */
export function connections(
  count: number,
  {
    family = 'inet',
    place = 0,
    ...change
  }: Partial<Connection> & { family?: 'inet' | 'inet6'; place?: 0 | 1 } = {},
): Connection[] {
  const { client, vip, realServers } = siteAddresses[family];
  return Array.from({ length: count }, (_, number) => ({
    protocol: 'tcp',
    client: { address: client, port: 40_000 + number },
    virtual: { address: vip, port: 80 },
    realServer: { address: realServers[place], port: 80 },
    state: 'ESTABLISHED',
    expires: 900,
    ...change,
  }));
}

/** What a connection is whose client has waited for its answer for a while. */
export const stuck = { state: 'SYN_RECV', expires: 41 } as const;
