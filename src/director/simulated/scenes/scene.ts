import type { NetworkPlan } from '../../../host/network/demo-network.ts';
import type { Site } from '../sites/site.ts';

/** A director with what is around it, and what happens to it: what `--demo=SCENE` shows. */
export interface Scene {
  /** One sentence of what there is to see. */
  readonly about: string;
  /** The same seed gives the same numbers at the same moments. */
  readonly seed: number;
  readonly site: Site;
  readonly network: NetworkPlan;
  /** Settings of the machine below `/proc/sys` that are not as they should be. */
  readonly machine: Readonly<Record<string, string>>;
}
