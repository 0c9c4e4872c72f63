import type { Director } from '../director/director.ts';
import { counterDifference, counterNames } from '../ipvs/counters.ts';
import { formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import type { ServiceEntry } from '../ipvs/service.ts';
import type { PhaseLock } from './phase-lock.ts';
import { isSameSample, type Sample } from './rate-meter.ts';
import type { Span } from './span.ts';
import type { Sweep } from './sweep.ts';

/** Milliseconds for which a service may stand still and still be the one to watch, where the steps are not known. */
const patience = 2500;

/** Readings further apart than this may have more than one step between them. */
const surelyOneStep = 1950;

interface Watched {
  readonly key: string;
  readonly identity: ServiceIdentity;
  sample: Sample;
  /** When it was looked at last. */
  looked: Span;
  /** When it was first seen as it is now. */
  moved: Span;
}

/**
 * Watches one busy service for estimator steps and tells the phase lock of them: in every sweep, and around
 * the moment at which a step is due in looks at that service alone, which cost next to nothing.
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

  /** Takes a sweep; where the watched service has stopped, looks for one that moved since the sweep before. */
  take(sweep: Sweep, before: Sweep | undefined): void {
    const { rows, span } = sweep.services;
    const watched = this.#watched;
    if (watched !== undefined) {
      const entry = rows.entries[rows.places.get(watched.key) ?? -1];
      if (entry === undefined || !this.#look(watched, entry, span)) this.#watched = undefined;
    }
    this.#watched ??= busiest(sweep, before);
  }

  /** Looks at the watched service alone; whether it has made a step since it was looked at last, or has gone. */
  probe(director: Director, now: () => number): boolean {
    const watched = this.#watched;
    if (watched === undefined) return false;
    const from = now();
    const entry = director.findService(watched.identity);
    if (entry === undefined) {
      this.#watched = undefined;
      return true;
    }
    const { sample } = watched;
    this.#look(watched, entry, { from, to: now() });
    return !isSameSample(sample, entry);
  }

  /** Compares with the last look and remembers this one; false when the service has stopped moving. */
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

/** The service that took the most packets since the sweep before. */
function busiest(sweep: Sweep, before: Sweep | undefined): Watched | undefined {
  const { rows, span } = sweep.services;
  let found: ServiceEntry | undefined;
  let most = 0;
  for (const [place, entry] of rows.entries.entries()) {
    const known =
      before?.services.rows.entries[before.services.rows.places.get(rows.keys[place] ?? '') ?? -1];
    if (known === undefined || known === entry) continue;
    const packets = counterDifference(entry.counters.inPackets, known.counters.inPackets);
    if (packets > most) {
      most = packets;
      found = entry;
    }
  }
  if (found === undefined) return undefined;
  const { identity } = found.service;
  return { key: formatService(identity), identity, sample: found, looked: span, moved: span };
}
