import { createHash } from 'node:crypto';
import type { Access } from '../director/director.ts';
import { runningOwners } from '../doctor/evidence/table-owners.ts';
import type { Finding } from '../doctor/finding.ts';
import { DoctorRounds, type Examination, type RoundSources } from '../doctor/rounds/rounds.ts';
import { formatIpvsadm } from '../formats/ipvsadm/ipvsadm.ts';
import { savedServices } from '../formats/ipvsadm/listing.ts';
import type { FindingCount, Measured, MeasuredService, VrrpRole } from '../formats/metrics/measured.ts';
import type { Counters } from '../ipvs/counters.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { KeepalivedProcess } from '../manager/keepalived/keepalived-process.ts';
import { standingInstances } from '../manager/keepalived/vrrp.ts';
import { type ManagedConfiguration, readingManagedConfiguration } from '../manager/managed-configuration.ts';
import type { Probing } from '../probe/probing.ts';
import { faultWords } from '../probe/verdict.ts';
import type { View } from '../sampling/view.ts';
import { inTurns } from '../system/turns.ts';
import { CountedChanges } from './counted-changes.ts';

/** Where what is told beside a table comes from. */
export interface MeasuredDirectorOptions {
  /** Where the doctor looks; `null` where nobody examines anything. */
  readonly sources: RoundSources | null;
  /** What IPVS has carried in all; `null` where that is not told. */
  readonly totals: () => Counters | null;
  /** Looks for the keepalived that keeps the table; nobody does where it is left out. */
  readonly findKeepalived?: () => KeepalivedProcess | undefined;
  /** Asks real servers for what clients call; nobody does where it is left out. */
  readonly probing?: Probing;
  /** Of this program. */
  readonly version: string;
  /** Milliseconds by a clock that only goes on; the process's own where it is left out. */
  readonly now?: () => number;
}

/** Milliseconds from one look at what moves seldom to the next: the programs that run, and what is set. */
const slowlyEvery = 30_000;

/** What is looked at only every `slowlyEvery` milliseconds. */
interface SeldomMoved extends Pick<Measured, 'owners' | 'configurationHash'> {
  readonly managed: ManagedConfiguration | null;
  readonly time: number;
}

/** Puts together what is told of a director as a whole: its table, what the doctor finds, who keeps it. */
export class MeasuredDirector {
  readonly #options: MeasuredDirectorOptions;
  readonly #rounds: DoctorRounds | null;
  readonly #changes = new CountedChanges();
  readonly #now: () => number;
  #examination: Examination | null = null;
  #slow: SeldomMoved | undefined;
  #hashed: { readonly settings: readonly object[]; readonly hash: number } | undefined;

  constructor(options: MeasuredDirectorOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#rounds =
      options.sources === null
        ? null
        : new DoctorRounds(options.sources, (examination) => {
            this.#examination = examination;
          });
  }

  /**
   * All that is told of a reading. The doctor's first round is waited for where `firstRound` asks for that; later
   * rounds never are, and the next reading tells them.
   */
  async of(view: View, firstRound: 'awaited' | 'not awaited'): Promise<Measured> {
    const examining = this.#rounds?.take(view);
    if (this.#examination === null && firstRound === 'awaited') await examining;
    this.#options.probing?.take(view);
    const examination = this.#examination;
    const { director } = view;
    // Views of a large table's real servers are made at each look at a service, so each is looked at once.
    const services = view.services.map(({ service, connections, counters, kernelRates, realServers }) => ({
      service,
      connections,
      counters,
      kernelRates,
      realServers,
    }));
    const { owners, configurationHash, managed } = await this.#lookSlowly(services, director.access);
    return {
      version: this.#options.version,
      director: { ...director, state: director.state.kind },
      time: view.time,
      services,
      totals: this.#options.totals(),
      readingTime: view.readingTime,
      owners,
      configurationHash,
      changes: director.access === 'full' ? await this.#changes.take(view) : null,
      // Not looked at slowly: a failover takes less than a second, and who holds which address is a mere look at the
      // interfaces.
      vrrp: managed === null ? null : rolesIn(managed),
      probing: this.#options.probing === undefined ? null : answersOf(this.#options.probing, view),
      findings:
        examination === null ? null : { time: examination.time, counts: countsOf(examination.findings) },
    };
  }

  /**
   * The hash of what is set, made anew only where a setting is another object: they stay the same objects as long as
   * nobody changes them.
   */
  #hashOf(services: readonly MeasuredService[]): number {
    const settings = services.flatMap(({ service, realServers }): object[] => [
      service,
      ...realServers.map(({ realServer }) => realServer),
    ]);
    const known = this.#hashed;
    const isKnown =
      known?.settings.length === settings.length &&
      settings.every((object, place) => object === known.settings[place]);
    const hash = isKnown ? known.hash : hashOf(services);
    this.#hashed = { settings, hash };
    return hash;
  }

  async #lookSlowly(services: readonly MeasuredService[], access: Access): Promise<SeldomMoved> {
    const now = this.#now();
    if (this.#slow === undefined || now - this.#slow.time >= slowlyEvery) {
      const machine = await this.#options.sources?.machine.sample();
      this.#slow = {
        owners:
          machine === undefined ? null : [...new Set(runningOwners(machine).map(({ owner }) => owner.name))],
        configurationHash: access === 'full' ? this.#hashOf(services) : null,
        managed: await managedBy(this.#options.findKeepalived?.()),
        time: now,
      };
    }
    return this.#slow;
  }
}

async function managedBy(keepalived: KeepalivedProcess | undefined): Promise<ManagedConfiguration | null> {
  if (keepalived === undefined) return null;
  try {
    return await inTurns(readingManagedConfiguration(keepalived));
  } catch (error) {
    if (error instanceof IpvsError) return null;
    throw error;
  }
}

function rolesIn(managed: ManagedConfiguration): VrrpRole[] | null {
  const instances = standingInstances(managed);
  return instances.length === 0 ? null : instances.map(({ name, state }) => ({ name, state }));
}

/** The answers that still count, of those that tell whether clients are served. */
function answersOf({ known, standing }: Probing, { services, time }: View): Measured['probing'] {
  const answers = services.flatMap(({ service, realServers }) =>
    realServers.flatMap(({ key, realServer }) => {
      const answer = known.of(key, realServer);
      if (answer === undefined || answer.countsUntil < time) return [];
      const isAnswered = answer.word === 'answers';
      if (!isAnswered && !faultWords.has(answer.word)) return [];
      return [{ service, realServer, isAnswered, milliseconds: answer.milliseconds, time: answer.time }];
    }),
  );
  return { works: standing.kind !== 'failed', answers };
}

/** 48 bits, which a scraper keeps exactly. */
function hashOf(services: readonly MeasuredService[]): number {
  return createHash('sha256')
    .update(formatIpvsadm(savedServices({ services })))
    .digest()
    .readUIntBE(0, 6);
}

function countsOf(findings: readonly Finding[]): FindingCount[] {
  const counts = new Map<string, FindingCount>();
  for (const { check, severity } of findings) {
    const key = `${check} ${severity}`;
    counts.set(key, { check, severity, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
