import type {
  Arrival,
  Candidate,
  Scheduling,
} from '../../../../src/director/simulated/scheduling/scheduling.ts';

/** A real server as a scheduler sees it, which a test can change. */
export interface TestServer extends Candidate {
  readonly name: string;
  weight: number;
  lastWeight: number;
  active: number;
  inactive: number;
  overloaded: boolean;
  available: boolean;
}

/** Servers in the order of the kernel's list, newest first, from `{ a: 3, b: 1 }` by weight. */
export function servers(weights: Readonly<Record<string, number>>): TestServer[] {
  return Object.entries(weights).map(([name, weight], index) => ({
    name,
    weight,
    lastWeight: weight,
    active: 0,
    inactive: 0,
    overloaded: false,
    available: true,
    placement: (index + 1) * 0x01000193,
  }));
}

/** A client that wants a connection. */
export function arrival(details: Partial<Arrival> = {}): Arrival {
  return { source: 0xc0000201, sourcePort: 40_000, destination: 0xcb00710a, flags: 0, ...details };
}

/** The names of the next picks; `-` where the connection is rejected. Picked servers get an active connection. */
export function picks(
  scheduling: Scheduling<TestServer>,
  list: readonly TestServer[],
  count: number,
): string {
  let names = '';
  for (let index = 0; index < count; index++) {
    const server = scheduling.pick(list, arrival());
    if (server !== undefined) server.active++;
    names += server?.name ?? '-';
  }
  return names;
}

/** How many of many clients each server gets; `-` counts the rejected. */
export function shares(
  scheduling: Scheduling<TestServer>,
  list: readonly TestServer[],
  clients: number,
  details: (client: number) => Partial<Arrival>,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let client = 0; client < clients; client++) {
    const name = scheduling.pick(list, arrival(details(client)))?.name ?? '-';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
