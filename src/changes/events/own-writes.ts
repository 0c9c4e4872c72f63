import { formatService, type RealServerKey, type RowKey, realServerKey } from '../../ipvs/identity.ts';
import { isWholeRealServer, type PublicRealServer, sameRealServerSettings } from '../../ipvs/real-server.ts';
import { isWholeService, type PublicService, sameServiceSettings } from '../../ipvs/service.ts';
import type { Step } from '../steps/step.ts';

/** An object as a reading shows it; `null` where it is gone. */
export type Present = PublicService | PublicRealServer | null;

/** Milliseconds within which a reading must show a write of lvstop: real servers out of sight are read in turn. */
const longestUnseen = 120_000;

/** A write of lvstop that a reading will show. */
interface Expected {
  readonly until: number;
  isShownBy(now: Present): boolean;
}

/**
 * Remembers what lvstop itself has written, so that readings that show it are not taken for changes of somebody else.
 */
export class OwnWrites {
  readonly #expected = new Map<RowKey, Expected[]>();

  /** Notes that these steps are written from `time` on, milliseconds since the epoch. */
  expect(steps: readonly Step[], time: number): void {
    this.#forgetOld(time);
    for (const step of steps) {
      switch (step.kind) {
        case 'add service':
        case 'set service':
          this.#add(
            formatService(step.after.identity),
            time,
            (now) => isService(now) && isWholeService(now) && sameServiceSettings(now, step.after),
          );
          break;
        case 'delete service':
          this.#add(formatService(step.before.identity), time, isGone);
          break;
        case 'add real server':
        case 'set real server':
          this.#add(
            realServerKey(step.service, step.after.identity),
            time,
            (now) => isRealServer(now) && isWholeRealServer(now) && sameRealServerSettings(now, step.after),
          );
          break;
        case 'delete real server':
          this.#add(realServerKey(step.service, step.before.identity), time, isGone);
          break;
        default:
        // The other steps do not change the table.
      }
    }
  }

  /** Notes that a real server will have that weight, or be gone where it is `null`. */
  expectWeight(key: RealServerKey, weight: number | null, time: number): void {
    this.#add(key, time, (now) => (isRealServer(now) ? now.weight : now) === weight);
  }

  /** Whether a reading shows an object as lvstop has written it. */
  isOwn(key: RowKey, now: Present): boolean {
    const expected = this.#expected.get(key);
    const place = expected?.findLastIndex((write) => write.isShownBy(now)) ?? -1;
    if (expected === undefined || place < 0) return false;
    // Earlier writes are over: a return to one of them is somebody else's doing.
    expected.splice(0, place + 1);
    if (expected.length === 0) this.#expected.delete(key);
    return true;
  }

  #add(key: RowKey, time: number, isShownBy: Expected['isShownBy']): void {
    const known = this.#expected.get(key);
    const write = { until: time + longestUnseen, isShownBy };
    if (known === undefined) this.#expected.set(key, [write]);
    else known.push(write);
  }

  #forgetOld(time: number): void {
    for (const [key, writes] of this.#expected) {
      if (writes.every(({ until }) => until < time)) this.#expected.delete(key);
    }
  }
}

function isGone(now: Present): boolean {
  return now === null;
}

function isRealServer(now: Present): now is PublicRealServer {
  return now !== null && 'weight' in now;
}

function isService(now: Present): now is PublicService {
  return now !== null && 'scheduler' in now;
}
