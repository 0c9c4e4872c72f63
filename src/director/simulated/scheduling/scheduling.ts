/** What a scheduler sees of a real server. */
export interface Candidate {
  readonly weight: number;
  /** The last weight that was not 0 (`last_weight` in `include/net/ip_vs.h`), by which mh lays out its table. */
  readonly lastWeight: number;
  readonly active: number;
  readonly inactive: number;
  /** Over its upper threshold. */
  readonly overloaded: boolean;
  /** Whether it still belongs to the service. */
  readonly available: boolean;
  /** Its address, folded to 32 bits, and its port added together, for hashing. */
  readonly placement: number;
}

/** What a scheduler sees of a new connection. */
export interface Arrival {
  /** Client address, folded to 32 bits. */
  readonly source: number;
  readonly sourcePort: number;
  /** Address the client asked for, folded to 32 bits. */
  readonly destination: number;
  /** Scheduler flags of the service. */
  readonly flags: number;
}

/** A scheduler at work on one service, with the state that it keeps there. Lists are newest first, as in the kernel. */
export interface Scheduling<C extends Candidate> {
  /** The real server for a new connection; `undefined` rejects it. */
  pick(servers: readonly C[], arrival: Arrival): C | undefined;
  /** Called after a real server was added, edited or taken away. */
  serversChanged?(servers: readonly C[]): void;
  /** Called after a real server was taken away; `before` stood in front of it, `undefined` for the first. */
  serverRemoved?(server: C, before: C | undefined): void;
}

/** Binds a scheduler to a service that has these real servers. */
export type SchedulingFactory = <C extends Candidate>(servers: readonly C[]) => Scheduling<C>;

/** Whether the kernel's schedulers would pass it over. */
export function isPassedOver(server: Candidate): boolean {
  return server.overloaded || server.weight <= 0;
}

/** Greatest common divisor of the positive numbers among these, 0 when there are none. */
export function greatestCommonDivisor(numbers: Iterable<number>): number {
  let result = 0;
  for (const number of numbers) {
    if (number <= 0) continue;
    let a = number;
    let b = result;
    while (b > 0) [a, b] = [b, a % b];
    result = a;
  }
  return result;
}
