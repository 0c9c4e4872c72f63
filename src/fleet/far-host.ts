import type { HostColor } from '../formats/settings/host-settings.ts';

/** How the caller of `--host` sees the machine that it has called. */
export interface FarHost {
  readonly name: string;
  /** Its screen has a frame that nobody overlooks, and edits ask for its name. */
  readonly production: boolean;
  /** `null` for none. */
  readonly color: HostColor | null;
}
