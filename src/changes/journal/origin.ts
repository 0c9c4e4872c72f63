/** Who made a change, and from where, as far as the system tells. */
export interface Origin {
  /** The user that lvstop ran as: `root`. */
  readonly user: string;
  /** Who called it through sudo, or logged in before it; `null` when nobody else is known. */
  readonly behind: string | null;
  /** Address that the SSH connection came from; `null` where there is none. */
  readonly from: string | null;
  /** By key or by command. */
  readonly by: 'screen' | 'command';
}

/** `ada as root from 192.0.2.7`. */
export function describeOrigin({ user, behind, from }: Origin): string {
  const who = behind === null ? user : `${behind} as ${user}`;
  return from === null ? who : `${who} from ${from}`;
}
