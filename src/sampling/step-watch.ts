import type { ReadableDirector } from '../director/director.ts';
import { counterDifference, counterNames } from '../ipvs/counters.ts';
import { formatService, type ServiceIdentity, type ServiceKey } from '../ipvs/identity.ts';
import type { PublicServiceEntry } from '../ipvs/service.ts';
import type { Span } from '../system/span.ts';
import type { PhaseLock } from './phase-lock.ts';
import { isSameSample, type Sample, sampleOf } from './rate-meter.ts';
import type { Rows } from './rows.ts';
import type { Sweep } from './sweep.ts';

/**
 * Milliseconds that a watched service may stand still before another one is watched, where the steps are not known.
 */
const patience = 2500;

/** Readings at least this many milliseconds apart may have more than one step between them. */
const surelyOneStep = 1950;

interface Watched {
  readonly key: ServiceKey;
  readonly identity: ServiceIdentity;
  sample: Sample;
  /** When it was last looked at. */
  looked: Span;
  /** When it was first seen as it is now. */
  moved: Span;
}

/**
 * Watches one busy service for estimator steps and tells the phase lock of them: in every sweep, and around the time
 * when a step is due also by looking at that service alone, which costs next to nothing.
 */
export class StepWatch {
  readonly #lock: PhaseLock;
  #watched: Watched | undefined;

  constructor(lock: PhaseLock) {
    this.#lock = lock;
  }

  /** Whether there is a service that can be expected to move at the next step. */
  get isWatching(): boolean {
    return this.#watched !== undefined;
  }

  /** Takes a sweep. If the watched service has stopped moving, looks for one that moved since the last sweep. */
  take(sweep: Sweep, before: Sweep | undefined): void {
    const { rows, span } = sweep.services;
    const watched = this.#watched;
    if (watched !== undefined) {
      const sample = sampleIn(rows, watched.key);
      if (sample === null || !this.#look(watched, sample, span)) this.#watched = undefined;
    }
    this.#watched ??= busiest(sweep, before);
  }

  /** Looks at the watched service alone; gives whether it has stepped since the last look, or is gone. */
  probe(director: ReadableDirector, now: () => number): boolean {
    const watched = this.#watched;
    if (watched === undefined) return false;
    const from = now();
    const entry = director.findService(watched.identity);
    const present = entry === undefined ? null : sampleOf(entry);
    if (present === null) {
      this.#watched = undefined;
      return true;
    }
    const { sample } = watched;
    this.#look(watched, present, { from, to: now() });
    return !isSameSample(sample, present);
  }

  /** Compares with the last look and remembers this one; gives `false` when the service has stopped moving. */
  #look(watched: Watched, entry: Sample, span: Span): boolean {
    const { sample, looked } = watched;
    watched.looked = span;
    if (isSameSample(sample, entry)) {
      const steps = this.#lock.stepsBetween(watched.moved, span);
      return steps === undefined ? span.to - watched.moved.to < patience : steps === 0;
    }
    watched.sample = entry;
    watched.moved = span;
    const wasZeroed = counterNames.some((name) => entry.counters[name] < sample.counters[name]);
    const seen = { from: looked.from, to: span.to };
    if (!wasZeroed && seen.to - seen.from < surelyOneStep) this.#lock.observe(seen);
    return true;
  }
}

/** The sample of a service; `null` when the service does not exist or may not be read. */
function sampleIn({ entries, places }: Rows<PublicServiceEntry, ServiceKey>, key: ServiceKey): Sample | null {
  const entry = entries[places.get(key) ?? -1];
  return entry === undefined ? null : sampleOf(entry);
}

/** The service that got the most packets since the last sweep. */
function busiest(sweep: Sweep, before: Sweep | undefined): Watched | undefined {
  const { rows, span } = sweep.services;
  let found: { readonly identity: ServiceIdentity; readonly sample: Sample } | undefined;
  let most = 0;
  for (const [place, entry] of rows.entries.entries()) {
    const known = before?.services.rows.entries[before.services.rows.places.get(rows.keys[place]) ?? -1];
    const sample = sampleOf(entry);
    if (known === undefined || known === entry || sample === null || known.counters === null) continue;
    const packets = counterDifference(sample.counters.inPackets, known.counters.inPackets);
    if (packets > most) {
      most = packets;
      found = { identity: entry.service.identity, sample };
    }
  }
  if (found === undefined) return undefined;
  return { key: formatService(found.identity), ...found, looked: span, moved: span };
}
