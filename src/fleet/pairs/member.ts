import * as v from 'valibot';
import { farText } from './far-json.ts';

/** What became of a change on a host, by its journal and by its table. */
export interface MemberChange {
  readonly state: 'under way' | 'ended';
  readonly confirmation: 'waiting' | 'confirmed' | 'lapsed' | 'none';
  readonly isUndone: boolean;
  /** What the table shows. */
  readonly stand: 'before' | 'planned' | 'neither';
}

/** What one director of a pair tells of itself, as `lvstop pair member` prints it. */
export interface Member {
  /** Addresses of its services that are addresses of the machine. */
  readonly held: readonly string[];
  /** Addresses of its services. */
  readonly addresses: readonly string[];
  /** What keepalived's instances are here, by who holds their addresses; empty where none is known. */
  readonly instances: readonly { readonly name: string; readonly state: string }[];
  /** The table in the lines of ipvsadm. */
  readonly table: readonly string[];
  /** The change that was asked for; `null` where its journal has none of that name. */
  readonly change: MemberChange | null;
}

export const member: v.GenericSchema<unknown, Member> = v.object({
  version: v.literal(1),
  held: v.array(farText),
  addresses: v.array(farText),
  instances: v.array(v.object({ name: farText, state: farText })),
  table: v.array(farText),
  change: v.nullable(
    v.object({
      state: v.picklist(['under way', 'ended']),
      confirmation: v.picklist(['waiting', 'confirmed', 'lapsed', 'none']),
      isUndone: v.boolean(),
      stand: v.picklist(['before', 'planned', 'neither']),
    }),
  ),
});
