import type { EventKind, TableEvent } from '../changes/events/event.ts';
import type { Recording } from '../recording/recording.ts';
import type { RecordedMoment } from '../recording/recording-decoder.ts';
import type { Work } from '../system/turns.ts';
import { HighestSeen } from './highest-seen.ts';
import { LoadSlots } from './load-slots.ts';
import type { Report, Stretch } from './report.ts';
import { ServerShares } from './server-shares.ts';
import { ServiceLoads } from './service-loads.ts';
import { StoodFindings } from './stood-findings.ts';

/** The chapter in which an event is told; `null` for findings, which are told by how long they stood. */
const chapters: Readonly<Record<EventKind, 'changes' | 'drains' | 'others' | null>> = {
  added: 'changes',
  removed: 'changes',
  edited: 'changes',
  undone: 'changes',
  refused: 'changes',
  'not-done': 'changes',
  saved: 'others',
  'drain-begun': 'drains',
  'drain-ended': 'drains',
  'drain-failed': 'drains',
  'ramp-begun': 'drains',
  'ramp-ended': 'drains',
  'ramp-failed': 'drains',
  'error-found': null,
  'warning-found': null,
  'finding-gone': null,
  'threshold-reached': 'others',
  'threshold-left': 'others',
  'watch-begun': 'others',
  'watch-ended': 'others',
  lost: 'others',
  back: 'others',
};

/** Goes through a recording once and tells what happened in a time; `undefined` where no sample is of that time. */
export function* reportOf(recording: Recording, stretch: Stretch): Work<Report | undefined> {
  const samples = new Samples(stretch);
  let waiting: RecordedMoment | undefined;
  for (const moment of recording.moments(stretch.from, stretch.to)) {
    if (waiting !== undefined) samples.take(waiting, false);
    waiting = moment;
    yield undefined;
  }
  if (waiting === undefined) return undefined;
  samples.take(waiting, true);
  const events = yield* recording.events(stretch.from, stretch.to);
  const of = (chapter: 'changes' | 'drains' | 'others') =>
    events.filter(({ kind }) => chapters[kind] === chapter);
  const recorded = (yield* recording.spans())
    .map(({ from, to }) => ({ from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) }))
    .filter(({ from, to }) => from <= to);
  return samples.report(waiting, recorded, {
    changes: of('changes'),
    drains: of('drains'),
    others: of('others'),
  });
}

/** What is added up from sample to sample. */
class Samples {
  readonly #stretch: Stretch;
  readonly #slots: LoadSlots;
  readonly #services = new ServiceLoads();
  readonly #shares = new ServerShares();
  readonly #findings = new StoodFindings();
  readonly #peaks = {
    connections: new HighestSeen(),
    inPackets: new HighestSeen(),
    inBytes: new HighestSeen(),
    outBytes: new HighestSeen(),
    active: new HighestSeen(),
    busy: new HighestSeen(),
    memory: new HighestSeen(),
  };
  #count = 0;

  constructor(stretch: Stretch) {
    this.#stretch = stretch;
    this.#slots = new LoadSlots(stretch);
  }

  take({ view, host, findings }: RecordedMoment, isLast: boolean): void {
    const { time, totals } = view;
    this.#count++;
    // What is shown while IPVS cannot be reached is old.
    if (view.director.state.kind === 'lost') return;
    this.#slots.take(view, host);
    this.#services.take(view);
    this.#shares.take(view, isLast);
    if (findings !== null) this.#findings.take(findings.findings, time);
    const peaks = this.#peaks;
    peaks.active.take(totals.connections.active, time);
    for (const name of ['connections', 'inPackets', 'inBytes', 'outBytes'] as const)
      if (totals.rates !== null) peaks[name].take(totals.rates[name], time);
    if (host?.cpu) peaks.busy.take(host.cpu.busy, time);
    if (host?.memory) peaks.memory.take(host.memory.used / host.memory.total, time);
  }

  report(
    { origin, view }: RecordedMoment,
    recorded: readonly Stretch[],
    events: Readonly<Record<'changes' | 'drains' | 'others', readonly TableEvent[]>>,
  ): Report {
    const services = this.#services.loads();
    const isCounted = services.every(({ connections }) => connections !== null);
    const { hostName, source, kernel, access, interval } = origin;
    const peaks = this.#peaks;
    return {
      ...this.#stretch,
      hostName,
      source,
      kernel,
      access,
      interval,
      samples: this.#count,
      recorded,
      load: {
        connections:
          isCounted && view.director.access === 'full'
            ? services.reduce((sum, { connections }) => sum + (connections ?? 0), 0)
            : null,
        peaks: {
          connections: peaks.connections.peak,
          inPackets: peaks.inPackets.peak,
          inBytes: peaks.inBytes.peak,
          outBytes: peaks.outBytes.peak,
          active: peaks.active.peak,
          busy: peaks.busy.peak,
          memory: peaks.memory.peak,
        },
        slots: this.#slots.slots(),
      },
      services,
      shares: this.#shares.shares(),
      findings: this.#findings.findings(),
      ...events,
    };
  }
}
