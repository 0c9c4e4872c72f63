import type { SeenRequest, Writer } from '../../director/change-watch.ts';
import type { Director } from '../../director/director.ts';
import { formatRealServer, formatService, type RowKey, realServerKey } from '../../ipvs/identity.ts';
import type { TableRequest } from '../../ipvs/table-request.ts';
import type { Work } from '../../system/turns.ts';
import { type Origin, unseenOrigin } from '../journal/origin.ts';
import { originOfProgram } from '../journal/process-origin.ts';
import type { Step } from '../steps/step.ts';
import { stepRealServer, stepService } from '../steps/step-kinds.ts';
import type { TableEvent } from './event.ts';
import { type Foreign, foreignEvent, newForeignId } from './foreign-change.ts';
import type { KnownTable } from './known-table.ts';
import { type KnownSettings, stepsOfRequest } from './steps-of-request.ts';

/** Requests of one process that are no more than this many milliseconds apart belong to one command. */
const longestPause = 1000;

/** What a command has done so far. */
interface Open extends Foreign {
  /** A name for whoever makes the requests. */
  readonly writer: string;
  readonly steps: Step[];
  refused?: { count: number; errno: string; text: string };
  last: number;
}

/** Turns requests that a watch has seen into events: one for each command, however many requests it made. */
export class SeenChanges {
  readonly #known: KnownTable;
  readonly #settings: KnownSettings = { timeouts: null, syncDaemons: new Map() };
  /** The last command. Once somebody else has written, further requests make a new event, to keep the order right. */
  #open: Open | undefined;

  constructor(known: KnownTable) {
    this.#known = known;
  }

  /** Reads the time-outs and sync daemons, which are in no view. Throws the director's `IpvsError`. */
  begin(director: Director): void {
    this.#open = undefined;
    this.#settings.timeouts = director.timeouts();
    this.#settings.syncDaemons.clear();
    for (const daemon of director.syncDaemons()) this.#settings.syncDaemons.set(daemon.state, daemon);
  }

  /**
   * Takes requests in their order and gives events, and the rows that were written. The first event may be an earlier
   * one that has grown.
   */
  *take(requests: readonly SeenRequest[]): Work<{ events: TableEvent[]; touched: RowKey[] }> {
    const changed = new Set<Open>();
    const touched: RowKey[] = [];
    for (const { request, time, errno, writer } of requests) {
      yield 1;
      if (errno !== null) {
        if (writer.kind !== 'own') changed.add(this.#refused(this.#of(writer, time), request, errno));
        continue;
      }
      const steps = yield* stepsOfRequest(request, this.#known, this.#settings);
      for (const step of steps) this.#known.apply(step, time);
      // What lvstop itself wrote is told where it is done.
      if (writer.kind === 'own' || steps.length === 0) continue;
      const open = this.#of(writer, time);
      for (const step of steps) {
        open.steps.push(step);
        const key = keyOf(step);
        if (key !== undefined) touched.push(key);
      }
      changed.add(open);
    }
    const events = Array.from(changed, (open) => foreignEvent({ ...open, steps: [...open.steps] }));
    return { events, touched };
  }

  #of(writer: Exclude<Writer, { kind: 'own' }>, time: number): Open {
    const name = nameOf(writer);
    const open = this.#open;
    if (open !== undefined && open.writer === name && time - open.last <= longestPause) {
      open.last = time;
      return open;
    }
    this.#open = {
      id: newForeignId(),
      time,
      origin: originOf(writer),
      steps: [],
      writer: name,
      last: time,
    };
    return this.#open;
  }

  #refused(open: Open, request: TableRequest, errno: string): Open {
    if (open.refused === undefined) open.refused = { count: 1, errno, text: requestText(request) };
    else open.refused.count++;
    return open;
  }
}

function nameOf(writer: Exclude<Writer, { kind: 'own' }>): string {
  switch (writer.kind) {
    case 'process':
      return `${writer.facts.pid}/${writer.facts.start}`;
    case 'gone':
      return `gone ${writer.pid}`;
    case 'unknown':
      return 'unknown';
  }
}

function originOf(writer: Exclude<Writer, { kind: 'own' }>): Origin {
  switch (writer.kind) {
    case 'process':
      return originOfProgram(writer.facts);
    case 'gone':
      return {
        user: 'unknown',
        behind: null,
        from: null,
        by: 'program',
        program: { pid: writer.pid, name: null, command: [] },
      };
    case 'unknown':
      return unseenOrigin('not told');
  }
}

/** A refused request, in words. */
function requestText(request: TableRequest): string {
  switch (request.kind) {
    case 'add service':
    case 'set service':
      return `${request.kind} ${formatService(request.service.identity)}`;
    case 'delete service':
      return `${request.kind} ${formatService(request.identity)}`;
    case 'add real server':
    case 'set real server':
      return `${request.kind} ${formatRealServer(request.realServer.identity)} of ${formatService(request.identity)}`;
    case 'delete real server':
      return `${request.kind} ${formatRealServer(request.realServer)} of ${formatService(request.identity)}`;
    case 'start sync daemon':
      return `${request.kind} ${request.daemon.state}`;
    case 'stop sync daemon':
      return `${request.kind} ${request.state}`;
    case 'flush':
      return 'delete all services';
    case 'zero':
      return 'zero counters';
    case 'set time-outs':
      return request.kind;
  }
}

function keyOf(step: Step): RowKey | undefined {
  const service = stepService(step);
  const realServer = stepRealServer(step);
  if (service === null) return undefined;
  return realServer === null ? formatService(service) : realServerKey(service, realServer);
}
