/** The addresses of the lab's site, which site/network.sh builds; its drawing is there. */

/** A real server's name, which is also its namespace. */
export type RealServerName = 'rs1' | 'rs2' | 'rs3';

/** A machine on which nothing is set up for any forwarding method. */
export type BareServerName = 'rs4' | 'rs5';

/** A machine of the site, which is also a network namespace of the guest. */
export type Machine = 'cl' | 'dir' | RealServerName | BareServerName;

/** A service's addresses; any of 100 to 109 does, these three are what the sample table uses for the three methods. */
export const vip = { nat: '10.0.0.100', tun: '10.0.0.101', dr: '10.0.0.102' } as const;

/** The same in IPv6. */
export const vip6 = { nat: 'fd00::100', tun: 'fd00::101', dr: 'fd00::102' } as const;

/** The client's two addresses. */
export const clients = ['10.0.0.2', '10.0.0.3'] as const;

/** The same in IPv6. */
export const clients6 = ['fd00::2', 'fd00::3'] as const;

/** Real servers on the clients' network, for TUN and DR: their answers go straight to the client. */
export const outer = { rs1: '10.0.0.21', rs2: '10.0.0.22', rs3: '10.0.0.23' } as const;

/** The same in IPv6. */
export const outer6 = { rs1: 'fd00::21', rs2: 'fd00::22', rs3: 'fd00::23' } as const;

/** Real servers behind the director, for NAT: what leaves from these addresses goes through the director. */
export const inner = { rs1: '10.1.0.21', rs2: '10.1.0.22', rs3: '10.1.0.23' } as const;

/** The same in IPv6. */
export const inner6 = { rs1: 'fd00:1::21', rs2: 'fd00:1::22', rs3: 'fd00:1::23' } as const;
