import * as v from 'valibot';
import { farText } from './far-json.ts';

/** What an edit would do on a host, as `--plan-json` prints it there. */
export interface FarPlan {
  /** The same for the same steps on the same objects. */
  readonly identity: string;
  /** The ipvsadm lines that it equals; none where all is so already. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  /** Addresses of the services that it changes; a service by a firewall mark has none. */
  readonly addresses: readonly string[];
}

/** The shape of what `--plan-json` prints. */
export const farPlan: v.GenericSchema<unknown, FarPlan> = v.object({
  version: v.literal(1),
  identity: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  lines: v.array(farText),
  warnings: v.array(farText),
  addresses: v.array(farText),
});
