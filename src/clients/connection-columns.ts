import type { ClientRate, RateEstimate, RateNumber } from './client-rates.ts';
import type { Group, Grouping, GroupNumber, NetworkLengths } from './connection-count.ts';
import { type ConnectionFacts, origins } from './connection-facts.ts';

/** A column of connections, of groups of them, or of clients: for the screen, the printed table, JSON and CSV alike. */
export interface ClientColumn<Row, Id extends string = string> {
  /** Its name in JSON, in CSV and for `--sort`. */
  readonly id: Id;
  readonly title: string;
  readonly isNumber: boolean;
  /** On a narrow screen, columns with the greatest number go first. */
  readonly priority: number;
  /** `null` where it is not known. */
  of(row: Row): string | number | null;
}

/** The columns for a connection. */
export const connectionColumns = [
  { id: 'client', title: 'CLIENT', isNumber: false, priority: 0, of: ({ client }) => client },
  { id: 'service', title: 'SERVICE', isNumber: false, priority: 2, of: ({ owner }) => owner.service },
  { id: 'real', title: 'REAL SERVER', isNumber: false, priority: 1, of: ({ owner }) => owner.realServer },
  { id: 'state', title: 'STATE', isNumber: false, priority: 3, of: ({ state }) => state },
  { id: 'idle', title: 'IDLE s', isNumber: true, priority: 4, of: ({ idle }) => idle },
  { id: 'left', title: 'LEFT s', isNumber: true, priority: 5, of: ({ left }) => left },
  { id: 'origin', title: 'ORIGIN', isNumber: false, priority: 6, of: ({ origin }) => origin },
] as const satisfies readonly ClientColumn<ConnectionFacts>[];

/** The columns for a persistence template, which holds a client, or a network of clients, to a real server. */
export const templateColumns = [
  { id: 'client', title: 'CLIENT', isNumber: false, priority: 0, of: ({ clientAddress }) => clientAddress },
  { id: 'service', title: 'SERVICE', isNumber: false, priority: 2, of: ({ owner }) => owner.service },
  { id: 'real', title: 'REAL SERVER', isNumber: false, priority: 1, of: ({ owner }) => owner.realServer },
  { id: 'weight', title: 'WEIGHT', isNumber: true, priority: 3, of: ({ owner }) => owner.weight },
  { id: 'left', title: 'LEFT s', isNumber: true, priority: 4, of: ({ left }) => left },
  { id: 'origin', title: 'ORIGIN', isNumber: false, priority: 5, of: ({ origin }) => origin },
] as const satisfies readonly ClientColumn<ConnectionFacts>[];

/** The columns for a group of connections. */
export const groupColumns = [
  { id: 'connections', title: 'CONNECTIONS', isNumber: true, priority: 0, of: (group) => group.connections },
  { id: 'active', title: 'ACTIVE', isNumber: true, priority: 2, of: (group) => group.active },
  { id: 'halfOpen', title: 'HALF-OPEN', isNumber: true, priority: 3, of: (group) => group.halfOpen },
  { id: 'idle', title: 'IDLE', isNumber: true, priority: 4, of: (group) => group.idle },
  { id: 'synced', title: 'SYNCED', isNumber: true, priority: 5, of: (group) => group.synced },
] as const satisfies readonly ClientColumn<Group, GroupNumber>[];

/** The columns for a client's rates. */
export const rateColumns = [
  { id: 'packets', title: 'PACKETS/s', isNumber: true, priority: 0, of: ({ packets }) => packets },
  { id: 'bits', title: 'BIT/s', isNumber: true, priority: 2, of: ({ bits }) => bits },
  { id: 'openings', title: 'NEW CONN/s', isNumber: true, priority: 3, of: ({ openings }) => openings },
] as const satisfies readonly (Omit<ClientColumn<ClientRate, RateNumber>, 'of'> & {
  of(rate: ClientRate): RateEstimate;
})[];

/** The title of the column that names the groups. */
export function groupTitle(by: Grouping, { inet, inet6 }: NetworkLengths): string {
  return by === 'network' ? `CLIENT NETWORK /${inet} /${inet6}` : groupTitles[by];
}

const groupTitles: Readonly<Record<Grouping, string>> = {
  service: 'SERVICE',
  real: 'SERVICE AND REAL SERVER',
  client: 'CLIENT',
  network: 'CLIENT NETWORK',
  state: 'STATE',
  idle: 'IDLE FOR',
  origin: `ORIGIN (${origins.join(', ')})`,
};
