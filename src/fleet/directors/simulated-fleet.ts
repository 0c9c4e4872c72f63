import { readSaveable } from '../../changes/saved/read-saveable.ts';
import { savedTableInMemory } from '../../changes/saved/saved-table-in-memory.ts';
import type { Director } from '../../director/director.ts';
import { createSimulatedDirector } from '../../director/simulated/simulated-director.ts';
import { savedStateAt } from '../../doctor/evidence/saved-state.ts';
import type { DirectorSummary } from '../../formats/summary.ts';
import { createSimulatedMachine } from '../../host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../host/network/simulated-network.ts';
import { createSampler, type Sampler } from '../../sampling/sampler.ts';
import { MeasuredDirector } from '../measured-director.ts';
import { ConfigurationChanges } from './configuration-changes.ts';
import type { Contact, FleetDirector, FleetSource } from './fleet-director.ts';
import { GrowingTrend } from './growing-trend.ts';
import { type FleetMember, MemberFleet } from './member-fleet.ts';
import { type SimulatedMember, simulatedMembers } from './simulated-sites.ts';
import { summaryOf } from './summary-of.ts';

/** Seconds between two readings. */
const interval = 2;

/** Several simulated directors side by side, so that one can look at a screen of many without having any. `version` is this program's. */
export function createSimulatedFleet(
  version: string,
  members: readonly SimulatedMember[] = simulatedMembers,
): FleetSource {
  return new MemberFleet(
    'SIMULATED',
    interval,
    members.map((member, place) => new SimulatedFleetMember(member, place + 1, version)),
  );
}

class SimulatedFleetMember implements FleetMember {
  readonly #member: SimulatedMember;
  readonly #sampler: Sampler;
  readonly #measured: MeasuredDirector;
  readonly #trend = new GrowingTrend();
  readonly #changes = new ConfigurationChanges();
  readonly #first = Promise.withResolvers<void>();
  #reading: DirectorSummary | null = null;
  #contact: Contact = { kind: 'waiting', doing: 'reading' };
  #silence: NodeJS.Timeout | undefined;

  constructor(member: SimulatedMember, seed: number, version: string) {
    this.#member = member;
    const director = createSimulatedDirector({ now: () => performance.now(), seed, site: member.site });
    this.#sampler = createSampler({ director, interval });
    // A backup has no traffic, and the doctor would report that.
    const isIdle = member.site.services.every(({ demand }) => demand === undefined);
    this.#measured = new MeasuredDirector({
      sources: isIdle
        ? null
        : {
            director,
            network: createSimulatedNetwork(),
            machine: createSimulatedMachine(),
            // What there is counts as saved.
            saved: () => savedAsItIs(director),
          },
      totals: () => null,
      version,
    });
  }

  get first(): Promise<void> {
    return this.#first.promise;
  }

  get director(): FleetDirector {
    const { name, partner } = this.#member;
    return {
      key: name,
      name,
      host: null,
      contact: this.#contact,
      reading: this.#reading,
      changes: this.#changes.at(Date.now()),
      partner,
      trend: this.#trend.readings,
    };
  }

  start(onNews: () => void): void {
    this.#sampler.start((view) => {
      void (async () => {
        const measured = await this.#measured.of(view, 'not awaited');
        if (this.#contact.kind === 'silent') return;
        this.#reading = { ...summaryOf(view, measured), vrrp: this.#member.vrrp };
        this.#contact = { kind: 'answers' };
        this.#trend.take(this.#reading.load.connections);
        this.#changes.take(this.#reading.configurationHash, view.time);
        this.#first.resolve();
        onNews();
      })();
    });
    const { silentAfter } = this.#member;
    if (silentAfter === undefined) return;
    this.#silence = setTimeout(() => {
      this.#sampler.stop();
      this.#contact = { kind: 'silent', reason: 'the demo lets it fall silent' };
      onNews();
    }, silentAfter * 1000);
  }

  stop(): void {
    clearTimeout(this.#silence);
    this.#sampler.stop();
  }
}

async function savedAsItIs(director: Director) {
  const running = await readSaveable(director);
  return savedStateAt(savedTableInMemory(running), running);
}
