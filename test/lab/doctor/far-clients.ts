/** Clients behind a router, for whom real servers and director need a gateway: the client machine is both. */
import { shell } from './examination.ts';

/** Their addresses. */
export const afar = { inet: '10.9.0.2', inet6: 'fd09::2' } as const;

const servers = ['rs1', 'rs2', 'rs3'] as const;

/** The way of a real server to them, where nothing else is said: not through the director. */
export function gateways(server: string, change: 'add' | 'del'): string[] {
  return [
    `ip -n ${server} route ${change} default via 10.0.0.2`,
    `ip -n ${server} route ${change} default via fd00::2`,
  ];
}

/** Moves them in, with the ways to them, or out. */
export async function farClients(change: 'add' | 'del'): Promise<void> {
  const lines = [
    `ip -n cl address ${change} ${afar.inet}/32 dev lo`,
    `ip -n cl address ${change} ${afar.inet6}/128 dev lo ${change === 'add' ? 'nodad' : ''}`,
    `ip route ${change} 10.9.0.0/24 via 10.0.0.2`,
    `ip route ${change} fd09::/64 via fd00::2`,
    ...servers.flatMap((server) => gateways(server, change)),
  ];
  await shell('dir', (change === 'add' ? lines : lines.toReversed()).join('\n'));
}
