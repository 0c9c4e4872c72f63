import { foldedAddress } from '../director/simulated/kernel/hash.ts';
import { createRandom, type Random } from '../director/simulated/random.ts';
import { loadedSchedulers } from '../director/simulated/scheduling/loaded-schedulers.ts';
import type { Scheduling } from '../director/simulated/scheduling/scheduling.ts';
import { forwardingMethodFacts } from '../ipvs/forwarding-method.ts';
import { formatRealServer } from '../ipvs/identity.ts';
import type { Work } from '../system/turns.ts';
import { type Course, type Run, slices } from './course.ts';
import { HeldClients } from './held-clients.ts';
import type { ConnectionLife } from './load.ts';
import { RunServer } from './run-server.ts';

/** Number of steps in a run of any length: in a run of five minutes, one is a quarter of a second. */
export const stepsOfRun = 1200;

/** At most how often the scheduler is asked in a run; beyond that each answer stands for several connections. */
const mostPicks = { atAll: 20_000, timesServers: 200_000 };

/**
 * At most how many of a real server's initial connections are drawn one by one; beyond that each draw stands for
 * several.
 */
const mostDraws = 200;

/** At most how many different lengths the connections of one answer get. */
const mostLengths = 8;

/** Runs a service forward once, with so many new connections in each step. The same seed gives the same run. */
export function* runOnce(course: Course, arrivals: ArrayLike<number>, seed: number): Work<Run> {
  const running = new Running(course, seed);
  for (let step = 0; step < stepsOfRun; step++) {
    const asked = running.advance(step, arrivals[step] ?? 0);
    if (step % stepsBetweenYields === 0) yield asked + course.servers.length;
  }
  return running.result;
}

const stepsBetweenYields = 16;

/** A run under way. */
class Running {
  readonly result: Run;
  readonly #course: Course;
  readonly #random: Random;
  readonly #servers: readonly RunServer[];
  readonly #lives: readonly ConnectionLife[];
  readonly #scheduling: Scheduling<RunServer> | undefined;
  readonly #held: HeldClients | undefined;
  readonly #destination: number;
  readonly #stepSeconds: number;
  /** Number of connections that one answer of the scheduler stands for. */
  readonly #each: number;
  /** Connections that have arrived but are not scheduled yet. */
  #arriving = 0;
  /** Number of connections that stop being active, or are forgotten, in each step, by place. */
  readonly #closings: Float64Array;
  readonly #endings: Float64Array;

  constructor(course: Course, seed: number) {
    const { service, servers, load, seconds } = course;
    const count = servers.length;
    this.#course = course;
    this.#random = createRandom(seed);
    this.#servers = servers.map((start, place) => new RunServer(start, place));
    this.#lives = servers.map(({ realServer: { identity, forwarding } }) =>
      load.lifeOf(formatRealServer(identity), forwardingMethodFacts(forwarding)?.seesResponses ?? false),
    );
    this.#scheduling = loadedSchedulers.get(service.scheduler)?.(this.#servers);
    this.#held = service.persistence === null ? undefined : new HeldClients(course, service.persistence);
    const { identity } = service;
    this.#destination = identity.kind === 'fwmark' ? 0 : foldedAddress(identity.address);
    this.#stepSeconds = seconds / stepsOfRun;
    const picks = Math.min(mostPicks.atAll, mostPicks.timesServers / Math.max(1, count));
    this.#each = Math.max(1, Math.ceil((load.arrivals * seconds) / picks));
    this.#closings = new Float64Array(stepsOfRun * count);
    this.#endings = new Float64Array(stepsOfRun * count);
    this.result = {
      accepted: new Float64Array(slices * count),
      active: new Float64Array(count),
      inactive: new Float64Array(count),
      mostActive: Float64Array.from(servers, ({ active }) => active),
      fullAfter: new Float64Array(count).fill(Number.NaN),
      lastActive: new Float64Array(count),
      lastGone: new Float64Array(count),
      held: new Float64Array(count),
      arrived: 0,
      rejected: 0,
    };
    for (const server of this.#servers) this.#begin(server);
  }

  /** Runs one step, in which so many connections arrive; gives how often the scheduler was asked. */
  advance(step: number, arriving: number): number {
    this.#arriving += arriving;
    const picks = Math.floor(this.#arriving / this.#each);
    this.#arriving -= picks * this.#each;
    for (let pick = 0; pick < picks; pick++) {
      this.#connect(step, (step + this.#random.uniform()) * this.#stepSeconds);
    }
    this.#end(step);
    return picks;
  }

  /** Draws when the initial connections of a real server end. */
  #begin(server: RunServer): void {
    const { place } = server;
    const start = this.#course.servers[place];
    const life = this.#lives[place];
    if (start === undefined || life === undefined) return;
    const { lastActive, lastGone } = this.result;
    const { active } = life;
    for (const [count, part] of parts(start.active)) {
      const age = quantile(start.ages, part + this.#random.uniform() * (count / start.active));
      this.#plan(place, active.leftAt(age, this.#random.uniform()), life.closingSeconds, count);
    }
    for (const [count, part] of parts(start.inactive)) {
      const left = quantile(start.inactiveLeft, part + this.#random.uniform() * (count / start.inactive));
      this.#put(this.#endings, left, place, count);
      lastGone[place] = Math.max(lastGone[place] ?? 0, left);
    }
    if (start.active > mostDraws) {
      // The last of many connections lives longer than the last of a few draws.
      const last = active.leftAt(quantile(start.ages, 0), this.#random.uniform() ** (1 / start.active));
      lastActive[place] = Math.max(lastActive[place] ?? 0, last);
      lastGone[place] = Math.max(lastGone[place] ?? 0, last + life.closingSeconds);
    }
    if (server.overloaded) this.result.fullAfter[place] = 0;
  }

  #connect(step: number, time: number): void {
    const { load, service } = this.#course;
    const client = load.clients.draw(this.#random);
    const arrival = {
      source: load.clients.source(client),
      sourcePort: 1024 + Math.floor(64_512 * this.#random.uniform()),
      destination: this.#destination,
      flags: service.schedulerFlags,
    };
    this.result.arrived += this.#each;
    for (let left = this.#each; left > 0; ) {
      const held = this.#held?.find(client, time, this.#servers);
      const server = held ?? this.#scheduling?.pick(this.#servers, arrival);
      if (server === undefined) {
        this.result.rejected += left;
        return;
      }
      // A held client goes to its server even if that is over its threshold.
      const count = server.room > 0 ? Math.min(left, server.room) : left;
      if (held !== undefined) this.result.held[server.place] = (this.result.held[server.place] ?? 0) + count;
      this.#accept(server, client, step, time, count);
      left -= count;
    }
  }

  #accept(server: RunServer, client: number, step: number, time: number, count: number): void {
    const { place } = server;
    const { accepted, mostActive, fullAfter } = this.result;
    const at = Math.floor((step * slices) / stepsOfRun) * this.#servers.length + place;
    accepted[at] = (accepted[at] ?? 0) + count;
    const life = this.#lives[place];
    if (life === undefined || this.#course.load.kind === 'one-packet') return;
    this.#held?.hold(client, server, time, life.active.mean + life.closingSeconds);
    if (this.#course.load.kind === 'active') {
      server.active += count;
      mostActive[place] = Math.max(mostActive[place] ?? 0, server.active);
    } else server.inactive += count;
    // One answer's connections get lengths spread over the distribution, as if each had been drawn by itself.
    const lengths = Math.min(mostLengths, Math.ceil(Math.sqrt(count)));
    const chance = this.#random.uniform();
    for (let length = 0; length < lengths; length++) {
      const from = Math.floor((count * length) / lengths);
      const to = Math.floor((count * (length + 1)) / lengths);
      const active = life.active.at((length + chance) / lengths);
      this.#plan(place, time + active, life.closingSeconds, to - from);
    }
    server.noteBinding();
    if (server.overloaded && Number.isNaN(fullAfter[place])) fullAfter[place] = time;
  }

  /**
   * Schedules connections to close at a time, seconds from the beginning, and to be forgotten `closingSeconds` later.
   */
  #plan(place: number, closing: number, closingSeconds: number, count: number): void {
    const { lastActive, lastGone } = this.result;
    if (this.#course.load.kind === 'active') {
      this.#put(this.#closings, closing, place, count);
      lastActive[place] = Math.max(lastActive[place] ?? 0, closing);
    }
    this.#put(this.#endings, closing + closingSeconds, place, count);
    lastGone[place] = Math.max(lastGone[place] ?? 0, closing + closingSeconds);
  }

  #put(calendar: Float64Array, time: number, place: number, count: number): void {
    const step = Math.floor(time / this.#stepSeconds);
    if (step >= stepsOfRun) return;
    const at = step * this.#servers.length + place;
    calendar[at] = (calendar[at] ?? 0) + count;
  }

  #end(step: number): void {
    const isLast = step >= stepsOfRun - lastSteps;
    const { active, inactive } = this.result;
    for (const server of this.#servers) {
      const { place } = server;
      const at = step * this.#servers.length + place;
      const closing = this.#closings[at] ?? 0;
      const ending = this.#endings[at] ?? 0;
      server.active -= closing;
      server.inactive += closing - ending;
      if (ending > 0) server.noteUnbinding();
      if (isLast) {
        active[place] = (active[place] ?? 0) + server.active / lastSteps;
        inactive[place] = (inactive[place] ?? 0) + server.inactive / lastSteps;
      }
    }
  }
}

/** The value at a fraction, 0 to 1, of ascending values; 0 where there are none. */
function quantile(ordered: readonly number[], part: number): number {
  // An index below 0 would be looked up by its name, which takes a hundred times as long.
  if (ordered.length === 0) return 0;
  const place = part * (ordered.length - 1);
  const low = ordered[Math.floor(place)] ?? 0;
  const high = ordered[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}

const lastSteps = stepsOfRun / 20;

/** Divides connections into draws: how many each draw stands for, and the fraction of all that come before it. */
function* parts(connections: number): Generator<readonly [count: number, before: number]> {
  const draws = Math.min(connections, mostDraws);
  for (let draw = 0; draw < draws; draw++) {
    const from = Math.floor((connections * draw) / draws);
    const to = Math.floor((connections * (draw + 1)) / draws);
    yield [to - from, from / connections];
  }
}
