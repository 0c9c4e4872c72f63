import type { Drain, DrainOrder, DrainReading } from '../../changes/drain/drain.ts';
import { type DrainSurroundings, persistentStillCome } from '../../changes/drain/drain-obstacles.ts';
import { type Drains, drainKey } from '../../changes/drain/drains.ts';
import type { Director } from '../../director/director.ts';
import { formatService, type RealServerKey } from '../../ipvs/identity.ts';
import type { LastingChange } from '../../manager/lasting/lasting-change.ts';
import type { View } from '../../sampling/view.ts';
import type { Happenings } from './happenings.ts';
import { LastingEndings } from './lasting-endings.ts';
import type { ScreenState } from './screen-state.ts';

/** The drains under way, as the screen shows them: each change of a drain updates the screen's state. */
export class FollowedDrains {
  readonly #drains: Drains;
  readonly #director: Director;
  readonly #happenings: Happenings;
  readonly #update: (change: Partial<ScreenState>) => void;
  /** What drains end with that are in keepalived's files. */
  readonly lasting = new LastingEndings();

  constructor(
    drains: Drains,
    director: Director,
    happenings: Happenings,
    update: (change: Partial<ScreenState>) => void,
  ) {
    this.#drains = drains;
    this.#director = director;
    this.#happenings = happenings;
    this.#update = update;
  }

  /** The drains under way, the oldest first. */
  get all(): readonly Drain[] {
    return this.#drains.all;
  }

  /** Whether the next start of lvstop finds the drains again. */
  get isKept(): boolean {
    return this.#drains.isKept;
  }

  /** The drain of a real server by its row's key. */
  find(key: RealServerKey): Drain | undefined {
    return this.#drains.find(key);
  }

  /** What decides how the connections of a drain end; `null` when its service is not there. */
  surroundings(drain: Drain): DrainSurroundings | null {
    return this.#drains.surroundings(drain);
  }

  /**
   * Follows real servers whose weight was just set to 0, `made` by a change of keepalived's files where it was; says so
   * when the drains could not be saved for the next start.
   */
  begin(ordered: readonly DrainOrder[], made?: Pick<LastingChange, 'way'>): void {
    const orders = made === undefined ? ordered : this.lasting.take(ordered, made.way);
    const problem = this.#drains.begin(orders);
    this.#happenings.drainsBegun(orders, this.#director.clock.time());
    this.#update({
      drains: this.all,
      ...(problem !== undefined && { message: { kind: 'refusal', text: problem } }),
    });
  }

  /** Stops following real servers. */
  forget(keys: readonly RealServerKey[]): void {
    this.#drains.forget(...keys);
    this.lasting.forget(keys);
    this.#update({ drains: this.all });
  }

  /** Lets drains that an earlier run began end as they were ordered to. */
  release(keys: readonly RealServerKey[]): void {
    this.#drains.release(keys);
    this.#update({ drains: this.all });
  }

  /** Takes the connection numbers of a view, whether it is shown or not, and says which drains have ended. */
  follow({ director, time, services }: View): void {
    if (this.all.length === 0 || director.state.kind === 'lost') return;
    const ends = this.#drains.take(time, (drain) => this.#readingOf(drain, services, time));
    this.lasting.follow(ends);
    this.#happenings.drainsEnded(ends, time);
    const failed = ends.some(({ kind }) => kind === 'failed');
    this.#update({
      drains: this.all,
      ...(ends.length > 0 && {
        message: { kind: failed ? 'refusal' : 'done', text: ends.map(({ text }) => text).join('; ') },
      }),
    });
  }

  #readingOf({ order }: Drain, services: View['services'], time: number): DrainReading | null {
    const service = services.find(({ key }) => key === formatService(order.service));
    const row = service?.realServers.find(({ key }) => key === drainKey(order));
    if (service === undefined || row === undefined) return null;
    const { persistent, ...connections } = row.connections;
    return {
      time: service.realServersTime ?? time,
      weight: row.realServer.weight,
      numbers: { ...connections, persistent: persistent ?? 0 },
      connections: row.counters?.connections ?? 0,
      persistentStillCome: persistentStillCome({
        service: service.service,
        persistentMoveOn: this.#director.setting('expire_quiescent_template') === '1',
        udpTimeout: 0,
      }),
    };
  }
}
