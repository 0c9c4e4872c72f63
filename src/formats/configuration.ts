import type { Timeouts } from '../ipvs/director-info.ts';
import { IpvsError } from '../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type RealServerName,
  type ServiceIdentity,
  type ServiceKey,
} from '../ipvs/identity.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import type { Service } from '../ipvs/service.ts';
import type { SyncDaemon } from '../ipvs/sync-daemon.ts';
import { brief } from '../ipvs/visible.ts';
import { SourceLines } from './source-lines.ts';

/**
 * The table that a text describes, each object with the line that describes it. Lines are counted through all files of
 * the text; `sources` tells where they stand.
 */
export interface Configuration {
  readonly services: readonly ConfiguredService[];
  /** Time-outs and sync daemons, in the order of the text; what comes later counts. */
  readonly settings: readonly ConfiguredSetting[];
  /** What stands in the text and is not done: never passed over silently. */
  readonly notApplied: readonly NotApplied[];
  /** What is read differently from how it is written, as the program does that the text is written for. */
  readonly corrected: readonly Correction[];
  readonly sources: SourceLines;
}

/** A setting of the director that a text asks for. */
export type ConfiguredSetting = {
  readonly line: number;
  /** The word in the text: `--set`, `lvs_timeouts`. */
  readonly what: string;
} & (
  | { readonly kind: 'time-outs'; readonly timeouts: Partial<Timeouts> }
  | { readonly kind: 'sync daemon'; readonly daemon: SyncDaemon }
);

/** A service of a configuration. */
export interface ConfiguredService {
  readonly service: Service;
  /** Line in the text, counted from 1. */
  readonly line: number;
  readonly realServers: readonly ConfiguredRealServer[];
}

/** A real server of a configuration. */
export interface ConfiguredRealServer {
  readonly realServer: RealServer;
  readonly line: number;
}

/** Something in a text that is read and not done. */
export interface NotApplied {
  readonly line: number;
  /** The word in the text: `HTTP_GET`, `-C`, `include`. */
  readonly what: string;
  /** One clause. */
  readonly reason: string;
  /** Whether services may be described there, so that what is not in this text may still be wanted. */
  readonly hidesServices: boolean;
}

/** Something in a text that is taken for something else. */
export interface Correction {
  readonly line: number;
  /** The words in the text. */
  readonly what: string;
  /** What is made of it and why, one clause. */
  readonly reason: string;
}

/** What is wrong in a line of a text. */
export interface Problem {
  readonly line: number;
  /** One clause that names what was found. */
  readonly reason: string;
  /** One clause: what is allowed, or what to do. */
  readonly advice: string;
}

/** What came of reading a text. The configuration counts only while there is no problem. */
export interface ConfigurationReading {
  readonly configuration: Configuration;
  /** In the order of the lines, at most `mostProblems`. */
  readonly problems: readonly Problem[];
  /** Host names that the caller's table does not have: resolve them and read again. */
  readonly unknownHosts: readonly string[];
}

const fewer = 'give a smaller table, or parts of it one after the other';

/** Most problems that are told of one text: one with more is no table with mistakes, but another kind of file. */
const mostProblems = 20;

/**
 * Services and real servers that are read of one text, several times what the largest director has. A text can ask for
 * more with few words: a keepalived group of ranges multiplies.
 */
export const mostRows = 500_000;
/**
 * Most statements that are not applied or are corrected, and settings, together: checks and scripts stand beside each
 * real server.
 */
const mostRemarks = 1_000_000;

interface DraftService {
  readonly line: number;
  service: Service;
  readonly realServers: Map<RealServerName, ConfiguredRealServer>;
}

/** Collects what a reader finds, line by line, and keeps services and real servers apart from their doubles. */
export class ConfigurationDraft {
  readonly sources = new SourceLines();
  readonly #services = new Map<ServiceKey, DraftService>();
  readonly #settings: ConfiguredSetting[] = [];
  readonly #notApplied: NotApplied[] = [];
  readonly #corrected: Correction[] = [];
  readonly #problems: Problem[] = [];
  readonly #unknownHosts = new Map<string, Problem>();
  #rows = 0;
  #isGivenUp = false;

  /** Whether reading on would tell nothing more. */
  get isHopeless(): boolean {
    return this.#isGivenUp || this.#problems.length >= mostProblems;
  }

  get hasProblems(): boolean {
    return this.#problems.length > 0;
  }

  problem(line: number, reason: string, advice: string): void {
    if (!this.isHopeless) this.#problems.push({ line, reason: brief(reason), advice });
  }

  /** A problem after which nothing is read any more. */
  giveUp(line: number, reason: string, advice: string): void {
    this.problem(line, reason, advice);
    this.#isGivenUp = true;
  }

  /**
   * A host name that the caller's table does not have: a problem unless the text is read again with the name's
   * addresses. The text is read to its end all the same, so that all names are found at once.
   */
  unknownHost(line: number, name: string, reason: string, advice: string): void {
    if (!this.#unknownHosts.has(name)) this.#unknownHosts.set(name, { line, reason, advice });
  }

  notApplied(line: number, what: string, reason: string, hidesServices = false): void {
    if (this.#takesRemark(line)) this.#notApplied.push({ line, what: brief(what), reason, hidesServices });
  }

  corrected(line: number, what: string, reason: string): void {
    if (this.#takesRemark(line)) this.#corrected.push({ line, what: brief(what), reason: brief(reason) });
  }

  setting(setting: ConfiguredSetting): void {
    if (this.#takesRemark(setting.line)) this.#settings.push(setting);
  }

  #takesRemark(line: number): boolean {
    if (this.#notApplied.length + this.#corrected.length + this.#settings.length < mostRemarks) return true;
    this.giveUp(line, `there are more than ${mostRemarks} statements that are not applied`, fewer);
    return false;
  }

  #takesRow(line: number): boolean {
    if (this.isHopeless) return false;
    if (this.#rows++ < mostRows) return true;
    this.giveUp(
      line,
      `there are more than ${mostRows} services and real servers, the most that are read`,
      fewer,
    );
    return false;
  }

  /** Gives the result of `read`, or takes the input `IpvsError` that it throws as a problem of the line. */
  attempt<Result>(line: number, read: () => Result): Result | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      this.problem(line, error.reason, error.advice);
      return undefined;
    }
  }

  /** Adds a service. Of one that is there already the first description counts, and the second is told. */
  addService(service: Service, line: number): void {
    const key = formatService(service.identity);
    const before = this.#services.get(key);
    if (before !== undefined) this.#tellDouble(key, before.line, line);
    else if (this.#takesRow(line)) this.#services.set(key, { service, line, realServers: new Map() });
  }

  /** Whether a service is there. */
  hasService(identity: ServiceIdentity): boolean {
    return this.#services.has(formatService(identity));
  }

  /** Adds a service, or replaces the settings of one that is there: what is said later counts. */
  setService(service: Service, line: number): void {
    const before = this.#services.get(formatService(service.identity));
    if (before === undefined) this.addService(service, line);
    else before.service = service;
  }

  /** Takes a service away again; whether there was one. */
  removeService(identity: ServiceIdentity): boolean {
    return this.#services.delete(formatService(identity));
  }

  /** Takes all services away again. */
  removeAll(): void {
    this.#services.clear();
  }

  /**
   * Adds a real server to a service that is there. With `replace` it takes the place of one that is there, otherwise
   * the first one counts.
   */
  addRealServer(identity: ServiceIdentity, realServer: RealServer, line: number, replace = false): void {
    const key = formatRealServer(realServer.identity);
    const owner = this.#services.get(formatService(identity));
    const before = owner?.realServers.get(key);
    if (owner === undefined) {
      this.problem(
        line,
        `${formatService(identity)}, the service of ${key}, is not described above`,
        'describe a service before its real servers',
      );
    } else if (before !== undefined && !replace) {
      this.#tellDouble(`${key} of ${formatService(identity)}`, before.line, line);
    } else if (before !== undefined || this.#takesRow(line)) {
      owner.realServers.set(key, { realServer, line });
    }
  }

  /** Takes a real server away again; whether there was one. */
  removeRealServer(identity: ServiceIdentity, realServer: RealServerIdentity): boolean {
    const owner = this.#services.get(formatService(identity));
    return owner?.realServers.delete(formatRealServer(realServer)) ?? false;
  }

  #tellDouble(what: string, first: number, line: number): void {
    const { title, line: number } = this.sources.placeOf(first);
    const where = title === null ? `line ${number}` : `line ${number} of ${title}`;
    this.corrected(line, what, `it is described in ${where} already, which counts`);
  }

  finish(): ConfigurationReading {
    return {
      configuration: {
        services: [...this.#services.values()].map(({ service, line, realServers }) => ({
          service,
          line,
          realServers: [...realServers.values()],
        })),
        settings: this.#settings,
        notApplied: this.#notApplied,
        corrected: this.#corrected,
        sources: this.sources,
      },
      problems: [...this.#problems, ...this.#unknownHosts.values()]
        .sort((left, right) => left.line - right.line)
        .slice(0, mostProblems),
      unknownHosts: [...this.#unknownHosts.keys()],
    };
  }
}
