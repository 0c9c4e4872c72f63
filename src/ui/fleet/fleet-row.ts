import type { FleetDirector } from '../../fleet/directors/fleet-director.ts';
import type { Alikeness } from '../../fleet/directors/partners.ts';
import type { SummarizedService } from '../../formats/summary.ts';

/** A row of the screen of several directors. */
export type FleetRow = DirectorRow | DirectorServiceRow;

/** A director. */
export interface DirectorRow {
  readonly kind: 'director';
  /** Stays the same for the same director. */
  readonly key: string;
  readonly director: FleetDirector;
  /** How the director's settings compare with its partner's; `null` where it has no partner. */
  readonly alike: Alikeness | null;
  readonly open: boolean;
}

/** A service of a director that is open. */
export interface DirectorServiceRow {
  readonly kind: 'service';
  readonly key: string;
  readonly director: FleetDirector;
  readonly service: SummarizedService;
}
