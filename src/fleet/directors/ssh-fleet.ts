import type { DirectorSummary } from '../../formats/summary.ts';
import { readSummary } from '../../formats/summary.ts';
import type { HostCaller } from '../hosts/call-host.ts';
import { HostStream } from '../hosts/host-stream.ts';
import { ConfigurationChanges } from './configuration-changes.ts';
import type { Contact, FleetDirector, FleetSource } from './fleet-director.ts';
import { GrowingTrend } from './growing-trend.ts';
import { type FleetMember, MemberFleet } from './member-fleet.ts';
import { TurnsToConnect } from './turns-to-connect.ts';

/** A host whose director is watched. */
export interface WatchedHost {
  /** As the operator names it. */
  readonly name: string;
  /** The name that ssh is given. */
  readonly target: string;
  readonly sudo: boolean;
  /** Options of lvstop there before the command. */
  readonly words: readonly string[];
}

/** Which directors, and how they are watched. */
export interface SshFleetOptions {
  readonly hosts: readonly WatchedHost[];
  /** Seconds between two readings. */
  readonly delay: number;
  readonly caller: Pick<HostCaller, 'ssh' | 'version' | 'places'>;
  /** Who makes a pair with whom, by the hosts' names. */
  readonly pairs: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch; this machine's own where it is left out. */
  readonly now?: () => number;
}

/** Hosts that are connected to at a time. */
const mostAtOnce = 8;

/**
 * A connection counts as dead when this many readings are missing, and no line has come for at least this many
 * milliseconds.
 */
const missedReadings = 4;
const leastPatience = 30_000;

/** Directors watched over SSH, one connection each: `lvstop watch --json --summary` there. */
export function createSshFleet(options: SshFleetOptions): FleetSource {
  const { hosts, delay } = options;
  const turns = new TurnsToConnect(mostAtOnce);
  return new MemberFleet(
    `SSH to ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`,
    delay,
    hosts.map((host) => new SshFleetMember(host, options, turns)),
  );
}

class SshFleetMember implements FleetMember {
  readonly #host: WatchedHost;
  readonly #partner: string | null;
  readonly #now: () => number;
  readonly #stream: HostStream;
  readonly #trend = new GrowingTrend();
  readonly #changes = new ConfigurationChanges();
  readonly #first = Promise.withResolvers<void>();
  #onNews: () => void = () => undefined;
  #contact: Contact = { kind: 'waiting', doing: 'queued' };
  #reading: DirectorSummary | null = null;

  constructor(
    host: WatchedHost,
    { delay, caller, pairs, now = Date.now }: SshFleetOptions,
    turns: TurnsToConnect,
  ) {
    this.#host = host;
    this.#now = now;
    this.#partner = pairs.get(host.name) ?? null;
    this.#stream = new HostStream({
      host: host.target,
      sudo: host.sudo,
      words: [...host.words, '--ends-with-input', 'watch', '--json', '--summary', '--delay', String(delay)],
      caller,
      patience: Math.max(leastPatience, missedReadings * delay * 1000),
      turn: turns.take,
      onConnecting: () => {
        // A silent host stays `silent` until it answers: were it `waiting` at each new attempt, a dead one would seem
        // to come back.
        if (this.#contact.kind === 'waiting') this.#tell({ kind: 'waiting', doing: 'calling' });
      },
      onLine: (line) => this.#take(line),
      onEnd: (reason) => {
        this.#tell({ kind: 'silent', reason });
        this.#first.resolve();
      },
    });
  }

  get first(): Promise<void> {
    return this.#first.promise;
  }

  get director(): FleetDirector {
    const { name } = this.#host;
    return {
      key: name,
      name,
      host: name,
      contact: this.#contact,
      reading: this.#reading,
      changes: this.#changes.at(this.#now()),
      partner: this.#partner,
      trend: this.#trend.readings,
    };
  }

  start(onNews: () => void): void {
    this.#onNews = onNews;
    this.#stream.start();
  }

  stop(): void {
    this.#stream.stop();
  }

  #take(line: string): void {
    const summary = readSummary(line);
    if (summary === undefined) return;
    const now = this.#now();
    // The age of a reading goes by this machine's clock. While a director is lost its last reading is shown, with the
    // time of that.
    const time = summary.state === 'lost' ? (this.#reading?.time ?? now) : now;
    this.#reading = { ...summary, time };
    this.#changes.take(summary.configurationHash, now);
    if (summary.state !== 'lost') this.#trend.take(summary.load.connections);
    this.#tell({ kind: 'answers' });
    this.#first.resolve();
  }

  #tell(contact: Contact): void {
    this.#contact = contact;
    this.#onNews();
  }
}
